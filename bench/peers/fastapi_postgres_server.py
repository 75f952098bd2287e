"""FastAPI + SQLAlchemy + PostgreSQL: a job is a row with its body as jsonb, and a report is one update of it."""

import os
import socket
import uuid
from datetime import datetime, timezone
from typing import List, Optional

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, Index, case, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base, sessionmaker

engine = create_async_engine(
    f"postgresql+asyncpg://bench@/postgres?host={os.environ['STORE']}", pool_size=20, max_overflow=0
)
Session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
Base = declarative_base()


class Job(Base):
    __tablename__ = "job"
    job_id = Column(UUID(as_uuid=True), primary_key=True)
    created_at = Column(DateTime(timezone=True), nullable=False)
    body = Column(JSONB, nullable=False)
    __table_args__ = (Index("job_by_time", created_at.desc(), job_id.desc()),)


class Creation(BaseModel):
    job_type: str = Field(min_length=1, max_length=100)
    total_items: int = Field(ge=0)
    triggered_by: Optional[str] = Field(default=None, max_length=200)
    metadata: dict = {}


class Issue(BaseModel):
    entity_type: str = Field(default="job", max_length=200)
    entity_key: str = Field(max_length=512)
    error_type: str = Field(max_length=200)
    message: str
    details: Optional[dict] = None
    step: Optional[str] = Field(default=None, max_length=200)


class Report(BaseModel):
    mark_started: Optional[bool] = None
    mark_completed: Optional[bool] = None
    total_items: Optional[int] = Field(default=None, ge=0)
    processed_items: Optional[int] = Field(default=None, ge=0)
    stage: Optional[str] = Field(default=None, max_length=200)
    message: Optional[str] = None
    error: Optional[Issue] = None


class Batch(BaseModel):
    reports: List[Report] = Field(min_items=1, max_items=1000)


CREDENTIAL = f"Bearer {os.environ['API_KEY']}"


async def authenticate(authorization: Optional[str] = Header(default=None)) -> None:
    if authorization != CREDENTIAL:
        raise HTTPException(401)


app = FastAPI(dependencies=[Depends(authenticate)], openapi_url=None)


@app.on_event("startup")
async def prepare() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


@app.post("/api/jobs/")
async def create(creation: Creation) -> JSONResponse:
    job_id, created_at = uuid.uuid4(), datetime.now(timezone.utc)
    body = {
        "job_id": str(job_id),
        "job_type": creation.job_type,
        "status": "pending",
        "total_items": creation.total_items,
        "processed_items": 0,
        "failed_items": 0,
        "warned_items": 0,
        "created_at": iso(created_at),
        "started_at": None,
        "completed_at": None,
        "last_report_at": None,
        "error_message": None,
        "triggered_by": creation.triggered_by,
        "stage": None,
        "last_message": None,
        "metadata": creation.metadata,
        "errors": [],
        "warnings": [],
    }
    async with Session.begin() as session:
        session.add(Job(job_id=job_id, created_at=created_at, body=body))
    return JSONResponse(answer(body), status_code=201)


@app.post("/api/jobs/{job_id}/progress")
async def report_progress(job_id: uuid.UUID, report: Report) -> JSONResponse:
    return JSONResponse(answer(await apply(job_id, [report])))


@app.post("/api/jobs/{job_id}/progress/batch")
async def report_batch(job_id: uuid.UUID, batch: Batch) -> JSONResponse:
    return JSONResponse({"job": answer(await apply(job_id, batch.reports))})


@app.get("/api/jobs/{job_id}")
async def get(job_id: uuid.UUID) -> JSONResponse:
    async with Session() as session:
        body = (await session.execute(select(Job.body).where(Job.job_id == job_id))).scalar_one_or_none()
    if body is None:
        raise HTTPException(404)
    return JSONResponse(answer(body))


@app.get("/api/jobs/")
async def list_jobs() -> JSONResponse:
    short = Job.body.op("-")("errors").op("-")("warnings").op("-")("metadata")
    query = select(short.cast(JSONB)).order_by(Job.created_at.desc(), Job.job_id.desc()).limit(50)
    async with Session() as session:
        bodies = (await session.execute(query)).scalars().all()
    return JSONResponse({"jobs": [answer(body) for body in bodies]})


async def apply(job_id: uuid.UUID, reports: List[Report]) -> dict:
    """Applies reports in order, in one transaction."""
    body = None
    async with Session.begin() as session:
        for report in reports:
            body = (await session.execute(statement(job_id, report))).scalar_one_or_none()
            if body is None:
                raise HTTPException(404)
    return body


def statement(job_id: uuid.UUID, report: Report):
    now = iso(datetime.now(timezone.utc))
    patch = report.dict(exclude={"mark_started", "mark_completed", "message", "error"}, exclude_none=True)
    patch["last_report_at"] = now
    if report.message is not None:
        patch["last_message"] = report.message
    if report.mark_started:
        patch.update(status="in_progress", started_at=now)
    if report.mark_completed:
        patch.update(status="completed", completed_at=now)
    body = Job.body.concat(patch)
    if report.error is not None:
        errors = Job.body["errors"]
        # Keeps the newest 100 errors.
        kept = case((func.jsonb_array_length(errors) < 100, errors), else_=errors.op("-")(0).cast(JSONB))
        newest = [{**report.error.dict(), "timestamp": now}]
        body = body.concat(func.jsonb_build_object("errors", kept.concat(newest), type_=JSONB))
    return (
        update(Job)
        .where(Job.job_id == job_id)
        .values(body=body)
        .returning(Job.body)
        .execution_options(synchronize_session=False)
    )


def answer(body: dict) -> dict:
    """The body with what follows from its counters."""
    attempted = body["processed_items"] + body["failed_items"]
    return {
        **body,
        "progress_percentage": percent(attempted, body["total_items"]),
        "success_rate": percent(body["processed_items"], attempted),
    }


def percent(part: int, whole: int) -> float:
    return 0 if whole == 0 else min(100, 10_000 * part // whole / 100)


def iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # Requests that come before the application is ready wait in the backlog.
    listener.listen(2048)
    print(f"listening on {listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
