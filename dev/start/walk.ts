/** The lines a new user pastes first: three to see a script of their own move, three by curl alone. */

/** Shell lines that create a job, report progress on it and read it; to be run one after the other. */
export function firstLines(url: string, apiKey: string): string[] {
  const auth = `-H 'Authorization: Bearer ${apiKey}'`;
  const json = "-H 'Content-Type: application/json'";
  const create = '{"job_type": "import", "total_items": 10}';
  const report = '{"mark_started": true, "processed_items": 4, "stage": "transforming"}';
  const jobId = `sed 's/.*"job_id":"\\([^"]*\\)".*/\\1/'`;
  return [
    `JOB=$(curl -s ${url}/api/jobs/ ${auth} ${json} -d '${create}' | ${jobId})`,
    `curl -s -w '\\n' ${url}/api/jobs/$JOB/progress ${auth} ${json} -d '${report}'`,
    `curl -s -w '\\n' ${url}/api/jobs/$JOB ${auth}`,
  ];
}

/** Shell lines that fetch the command line, and watch `sh import.sh` as it runs. */
export function watchLines(url: string, apiKey: string): string[] {
  const headway = 'node headway.mjs';
  return [
    `curl -sSO ${url}/headway.mjs`,
    `export HEADWAY_URL=${url} HEADWAY_API_KEY=${apiKey}`,
    `${headway} run --type script -- sh import.sh >import.log 2>&1 & ${headway} watch --type script`,
  ];
}
