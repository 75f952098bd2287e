import type { Patch } from './patch.ts';

const FILE = 'python/headway.py';
const MISTAKES = 'test/dev/python-mistakes.test.ts';

/** What would have a Python program lose what it said, or show the key that it says it by. */
export const PYTHON_PATCHES: readonly Patch[] = [
  {
    name: 'a Python program that shows the key which no header can hold',
    file: FILE,
    find: 'text = "" if isinstance(cause, ValueError) else',
    replace: 'text =',
    suite: MISTAKES,
  },
  {
    name: 'a Python program that tries a key for ever which is none',
    file: FILE,
    find: 'return None if re.fullmatch("[!-~]+", key) else',
    replace: 'return None if key else',
    suite: MISTAKES,
  },
  {
    name: 'counts of a Python program lost with a field that no report has',
    file: FILE,
    find: 'for name, value in fields.items() if name in sure}',
    replace: 'for name, value in fields.items() if name in sure or name.endswith("_failed")}',
    suite: MISTAKES,
  },
  {
    name: 'two patches of metadata from Python made one that says something else',
    file: FILE,
    find: 'return _Anew(new)',
    replace: 'return new',
    suite: MISTAKES,
  },
  {
    name: 'a bar of tqdm that counts again what was taken back',
    file: FILE,
    find: '            if n < 0:\n',
    replace: '            if n == 0:\n',
    suite: 'test/dev/python-sums.test.ts',
  },
];
