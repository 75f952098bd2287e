/** The FastAPI + SQLAlchemy + PostgreSQL peer, from Debian's packages, started. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Child } from '../child.ts';
import { createJobs } from '../measures.ts';
import { newApiKey, openHttpReporter, type Peer, peerOf } from './peer.ts';
import { startPostgres } from './postgres.ts';

const SERVER = fileURLToPath(new URL('fastapi_postgres_server.py', import.meta.url));
/** Debian's own interpreter: the first one on the path may lack Debian's packages. */
const PYTHON = '/usr/bin/python3';

/** The versions of Python and its packages; null where one of them is absent. uvicorn goes without the last two. */
export function fastapiVersions(): string | null {
  const script = `import importlib, platform
said = [f"Python {platform.python_version()}"]
for name in ["fastapi", "sqlalchemy", "asyncpg", "uvicorn", "uvloop", "httptools"]:
    try:
        said.append(f"{name} {importlib.import_module(name).__version__}")
    except ImportError:
        if name not in ("uvloop", "httptools"):
            raise
print(", ".join(said))`;
  try {
    return execFileSync(PYTHON, ['-c', script], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}

export async function startFastapiPostgres(folder: string, programs: string): Promise<Peer> {
  const postgres = await startPostgres(programs, folder);
  const apiKey = newApiKey();
  const env = { STORE: folder, API_KEY: apiKey, PYTHONDONTWRITEBYTECODE: '1' };
  const server = new Child(PYTHON, { args: [SERVER], cwd: folder, env });
  return peerOf(...(['FastAPI + PostgreSQL', { server, apiKey }, [postgres]] as const), async (target) => {
    const [jobId] = await createJobs(target, 1, 1);
    return openHttpReporter(target, jobId ?? '');
  });
}
