import type { Rejection } from '../../../domain/base/rejection';
import type { Told } from '../../../domain/door/told';
import type { Control } from '../../../domain/job/control';
import { socketText } from '../../../http/client-socket';
import type { UnitAnswer } from '../../../services/jobs/jobs';
import { tellStale, tellUnit, toControl, toVerdict, toVerdicts } from '../jobs/mapper';
import type { FrameId } from './report-frames';

/** A frame as far as its answer follows from it. */
export interface AskedFrame {
  id: FrameId;
  batch: boolean;
  told: Told;
}

/** The answer to frames: one of the job itself has its control in it. */
export function acksText(acks: object[], control: Control | null): string {
  const told = control === null ? { acks } : { acks, control: toControl(control) };
  return socketText('acks', JSON.stringify(told));
}

/** What became of a frame, in the words of the routes. */
export function toAck({ id, batch, told }: AskedFrame, answer: UnitAnswer): object {
  if (answer.outcome === 'refused') return refusedAck(id, answer.rejection);
  return {
    id,
    ...toVerdict(answer),
    ...(batch ? toVerdicts(answer) : {}),
    ...tellStale(answer),
    ...tellUnit(told, answer, batch),
    ...(answer.replayed ? { replayed: true } : {}),
  };
}

export function refusedAck(id: FrameId, { code, detail, errors }: Rejection): object {
  return { id, error: { code, detail, ...(errors === undefined ? {} : { errors }) } };
}
