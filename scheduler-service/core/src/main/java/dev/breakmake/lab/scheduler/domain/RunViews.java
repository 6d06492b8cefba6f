package dev.breakmake.lab.scheduler.domain;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.scheduler.storage.AttemptStore;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.ImageStore;
import dev.breakmake.lab.scheduler.storage.JobStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.v1.Attempt;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.GetCellRequest;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.ListAttemptsRequest;
import dev.breakmake.lab.v1.ListAttemptsResponse;
import dev.breakmake.lab.v1.ListCellsRequest;
import dev.breakmake.lab.v1.ListCellsResponse;
import dev.breakmake.lab.v1.ListRunsRequest;
import dev.breakmake.lab.v1.ListRunsResponse;
import dev.breakmake.lab.v1.LogChunk;
import dev.breakmake.lab.v1.ReadLogRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunState;
import dev.breakmake.lab.v1.Verdict;
import java.util.List;
import java.util.Map;

/** Reading runs, cells, attempts and logs. */
public final class RunViews {

    private static final int DEFAULT_LOG = 1 << 20;
    private static final int MAX_LOG = 4 << 20;

    private final Database database;
    private final RunCache runs;

    /** Puts it together. */
    public RunViews(Database database, RunCache runs) {
        this.database = database;
        this.runs = runs;
    }

    /** See RunService.GetRun. */
    public Run getRun(Caller caller, GetRunRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.run(request.getName());
        return database.transact(
                tx -> RunStore.get(tx, name.project(), name.id()).run());
    }

    /** See RunService.ListRuns. */
    public ListRunsResponse listRuns(Caller caller, ListRunsRequest request) {
        caller.require(Role.VIEWER);
        String project = Names.project(request.getParent());
        Map<String, String> terms = Filters.parse(request.getFilter(), List.of("state", "verdict", "job"));
        String job = terms.containsKey("job")
                ? Names.job(terms.getOrDefault("job", "")).id()
                : null;
        RunStore.Filter filter = new RunStore.Filter(
                Filters.number(terms, "state", RunState.getDescriptor()),
                Filters.number(terms, "verdict", Verdict.getDescriptor()),
                job);
        int size = Paging.size(request.getPageSize());
        String scope = "runs of " + project + " " + filter;
        long before = Paging.numericKey(request.getPageToken(), scope, Long.MAX_VALUE);
        List<RunStore.Stored> rows = database.transact(tx -> {
            if (JobStore.project(tx, project).isEmpty()) {
                throw LabException.notFound(request.getParent());
            }
            return RunStore.list(tx, project, filter, before, size + 1);
        });
        Paging.Page<RunStore.Stored> page = Paging.page(rows, size, scope, run -> Long.toString(run.pk()));
        return ListRunsResponse.newBuilder()
                .addAllRuns(page.items().stream().map(RunStore.Stored::run).toList())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See RunService.GetCell. */
    public Cell getCell(Caller caller, GetCellRequest request) {
        caller.require(Role.VIEWER);
        Names.CellName name = Names.cell(request.getName());
        return database.transact(tx -> {
            RunStore.Stored run = runs.get(tx, name.project(), name.run());
            CellStore.Stored cell =
                    CellStore.find(tx, run, name.cell()).orElseThrow(() -> LabException.notFound(request.getName()));
            return withBoot(run, cell);
        });
    }

    /** See RunService.ListCells. */
    public ListCellsResponse listCells(Caller caller, ListCellsRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.run(request.getParent());
        Map<String, String> terms = Filters.parse(request.getFilter(), List.of("state", "verdict", "cause"));
        CellStore.Filter filter = new CellStore.Filter(
                Filters.number(terms, "state", AttemptState.getDescriptor()),
                Filters.number(terms, "verdict", Verdict.getDescriptor()),
                Filters.number(terms, "cause", Cause.getDescriptor()));
        int size = Paging.size(request.getPageSize());
        String scope = "cells of " + request.getParent() + " " + filter;
        long after = Paging.numericKey(request.getPageToken(), scope, 0);
        return database.transact(tx -> {
            RunStore.Stored run = runs.get(tx, name.project(), name.id());
            Paging.Page<CellStore.Stored> page = Paging.page(
                    CellStore.list(tx, run, filter, after, size + 1),
                    size,
                    scope,
                    cell -> Integer.toString(cell.number()));
            return ListCellsResponse.newBuilder()
                    .addAllCells(page.items().stream()
                            .map(cell -> withBoot(run, cell))
                            .toList())
                    .setNextPageToken(page.nextToken())
                    .build();
        });
    }

    /** See RunService.ListAttempts. */
    public ListAttemptsResponse listAttempts(Caller caller, ListAttemptsRequest request) {
        caller.require(Role.VIEWER);
        Names.CellName name = Names.cell(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "attempts of " + request.getParent();
        long after = Paging.numericKey(request.getPageToken(), scope, 0);
        return database.transact(tx -> {
            RunStore.Stored run = runs.get(tx, name.project(), name.run());
            if (CellStore.find(tx, run, name.cell()).isEmpty()) {
                throw LabException.notFound(request.getParent());
            }
            Paging.Page<Attempt> page = Paging.page(
                    AttemptStore.list(tx, request.getParent(), run.pk(), name.cell(), after, size + 1).stream()
                            .map(AttemptStore.Stored::attempt)
                            .toList(),
                    size,
                    scope,
                    attempt -> Integer.toString(Names.attempt(attempt.getName()).attempt()));
            return ListAttemptsResponse.newBuilder()
                    .addAllAttempts(page.items())
                    .setNextPageToken(page.nextToken())
                    .build();
        });
    }

    /** See RunService.ReadLog. */
    public LogChunk readLog(Caller caller, ReadLogRequest request) {
        caller.require(Role.VIEWER);
        Names.AttemptName name = Names.attempt(request.getName());
        if (request.getOffset() < 0 || request.getLimitBytes() < 0) {
            throw LabException.invalid("offset", "offset and limitBytes cannot be negative");
        }
        int limit = request.getLimitBytes() == 0 ? DEFAULT_LOG : Math.min(request.getLimitBytes(), MAX_LOG);
        return database.transact(tx -> {
            RunStore.Stored run = runs.get(tx, name.project(), name.run());
            Attempt attempt = AttemptStore.find(tx, request.getName(), run.pk(), name.cell(), name.attempt())
                    .orElseThrow(() -> LabException.notFound(request.getName()))
                    .attempt();
            long from = Math.min(request.getOffset(), attempt.getLogBytes());
            long to = Math.min(from + limit, attempt.getLogBytes());
            ByteString.Output data = ByteString.newOutput((int) (to - from));
            long end = from;
            for (ImageStore.Part part : AttemptStore.log(tx, run.pk(), name.cell(), name.attempt(), from, to)) {
                int skip = (int) Math.max(0, from - part.offset());
                int length = (int) (Math.min(part.offset() + part.data().length, to) - part.offset() - skip);
                data.write(part.data(), skip, length);
                end = part.offset() + skip + length;
            }
            boolean over = attempt.hasEndTime() && end == attempt.getLogBytes();
            return LogChunk.newBuilder()
                    .setOffset(from)
                    .setData(data.toByteString())
                    .setTotalBytes(attempt.getLogBytes())
                    .setEnd(over)
                    .setVerdict(over ? attempt.getVerdict() : Verdict.VERDICT_UNSPECIFIED)
                    .build();
        });
    }

    /** The contract's view with what the cell boots. */
    static Cell withBoot(RunStore.Stored run, CellStore.Stored cell) {
        return cell.cell().toBuilder()
                .setBoot(RunCache.pinned(run, cell.point().boot(run.spec().getBoot())))
                .build();
    }
}
