/** What docs/cli.md says before its commands. The tests run its samples one after the other. */
export const INTRODUCTION = `# The command line

\`headway\` runs commands as jobs, watches jobs as live bars, and asks the service what a shell wants to know. It is one file for Node 20 or
newer, and every deployment serves its own:

\`\`\`sh
mkdir -p ~/.local/bin
curl -sS -o ~/.local/bin/headway "$HEADWAY_URL/headway.mjs"
chmod +x ~/.local/bin/headway
\`\`\`

Or without installing it: \`curl -sSO "$HEADWAY_URL/headway.mjs"\`, and \`node headway.mjs\` in place of \`headway\`. \`HEADWAY_URL\` says where the
service is, \`HEADWAY_API_KEY\` opens it. Both can be kept for all that comes:

\`\`\`sh
echo "$HEADWAY_API_KEY" | headway login "$HEADWAY_URL"
\`\`\`

## A command as a job

\`\`\`sh
headway run --type import -- sh -c 'for n in 1 2 3; do echo "::progress $n/3 row $n"; sleep 0.1; done'
\`\`\`

The exit code is the command's, its output is untouched, and the job shows its progress and its end. A program that draws a bar, or prints
\`3/10\` or \`30%\`, needs no \`::progress\`. In another terminal:

    headway watch --type import

## Jobs of others

\`\`\`sh
id=$(headway create --type import --total 10 --name "Prices of spring")
headway jobs --type import
headway cancel "$id" --reason "only a try"
headway watch "$id" --exit-status || echo "exit code $?"
headway logs "$id"
headway rerun "$id"
headway events --limit 3
\`\`\`

Lists are tables for people; with \`-o json\` or \`-o jsonl\` they are for programs:

\`\`\`sh
headway jobs --status open --limit 0 -o jsonl | wc -l
\`\`\`

A command ends with 0 where all went well, 1 where the service refused or could not be reached, 2 where it was typed wrong, and
141 where who reads it has ended, as in \`headway events -f | head -1\`. What \`run\` and \`watch\` end with stands below. What is ours to say, a refusal say, is a line on stderr.`;
