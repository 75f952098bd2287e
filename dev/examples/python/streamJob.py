import os, headway

for job in headway.watch(os.environ["JOB_ID"]):
    print(job["status"], job["progress_percentage"])
