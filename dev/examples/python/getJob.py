import os, headway

job = headway.get(os.environ["JOB_ID"])
print(job["status"], job["progress_percentage"])
