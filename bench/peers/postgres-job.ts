/** The table of the Fastify + PostgreSQL peer, and its statements, prepared under their names. */

export const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS job (job_id uuid PRIMARY KEY, created_at timestamptz NOT NULL, body jsonb NOT NULL);
  CREATE INDEX IF NOT EXISTS job_by_time ON job (created_at DESC, job_id DESC)`;

export const INSERT = { name: 'insert', text: 'INSERT INTO job VALUES ($1, $2, $3)' };

export const UPDATE = {
  name: 'update',
  text: 'UPDATE job SET body = body || $2::jsonb WHERE job_id = $1 RETURNING body',
};

/** Keeps the newest 100 errors. */
export const UPDATE_WITH_ERROR = {
  name: 'update_with_error',
  text: `UPDATE job SET body = body || $2::jsonb || jsonb_build_object('errors',
    (CASE WHEN jsonb_array_length(body->'errors') < 100 THEN body->'errors' ELSE (body->'errors') - 0 END)
      || jsonb_build_array($3::jsonb))
    WHERE job_id = $1 RETURNING body`,
};
