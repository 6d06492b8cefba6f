package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.judge.CellComparer;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.BaselineStore;
import dev.breakmake.lab.scheduler.storage.ComparisonStore;
import dev.breakmake.lab.scheduler.storage.ComparisonStore.Pair;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.Baseline;
import dev.breakmake.lab.v1.CellChange;
import dev.breakmake.lab.v1.CellComparison;
import dev.breakmake.lab.v1.CompareRunsRequest;
import dev.breakmake.lab.v1.CompareRunsResponse;
import dev.breakmake.lab.v1.ComparisonCounts;
import dev.breakmake.lab.v1.GetBaselineRequest;
import dev.breakmake.lab.v1.ListBaselinesRequest;
import dev.breakmake.lab.v1.ListBaselinesResponse;
import dev.breakmake.lab.v1.SetBaselineRequest;
import dev.breakmake.lab.v1.Verdict;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Baselines, and what changed between two runs. Cells are paired by their key first and filtered by kind of change afterwards. */
public final class Comparisons {

    private final Database database;

    /** Puts it together. */
    public Comparisons(Database database) {
        this.database = database;
    }

    /** See RunService.SetBaseline. */
    public Baseline setBaseline(Caller caller, SetBaselineRequest request) {
        caller.require(Role.SUBMITTER);
        Baseline wanted = request.getBaseline();
        Names.Child name = Names.baseline(wanted.getName());
        Names.Child run = Names.run(wanted.getRun());
        if (!name.project().equals(run.project())) {
            throw LabException.invalid("baseline.run", "is in another project than the baseline");
        }
        return database.transact(tx -> {
            Optional<BaselineStore.Stored> stored = BaselineStore.lock(tx, name.project(), name.id());
            Etags.check(
                    wanted.getName(),
                    wanted.getEtag(),
                    stored.map(BaselineStore.Stored::version).orElse(0L));
            RunStore.Stored target = RunStore.get(tx, run.project(), run.id());
            if (!target.run().hasEndTime()) {
                throw new LabException(
                        Reason.RUN_NOT_FINISHED,
                        "'" + wanted.getRun() + "' has not ended yet; a baseline needs all its verdicts");
            }
            BaselineStore.set(tx, name.project(), name.id(), run.id(), wanted.getReason(), caller.name());
            Audit.note(tx, caller, "SetBaseline", wanted.getName(), wanted.getRun());
            return baseline(tx, name, wanted.getName());
        });
    }

    /** See RunService.GetBaseline. */
    public Baseline getBaseline(Caller caller, GetBaselineRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.baseline(request.getName());
        return database.transact(tx -> baseline(tx, name, request.getName()));
    }

    /** See RunService.ListBaselines. */
    public ListBaselinesResponse listBaselines(Caller caller, ListBaselinesRequest request) {
        caller.require(Role.VIEWER);
        String project = Names.project(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "baselines of " + project;
        String after = Paging.key(request.getPageToken(), scope, "");
        Paging.Page<BaselineStore.Stored> page = Paging.page(
                database.transact(tx -> BaselineStore.list(tx, project, after, size + 1)),
                size,
                scope,
                row -> Names.baseline(row.baseline().getName()).id());
        return ListBaselinesResponse.newBuilder()
                .addAllBaselines(page.items().stream()
                        .map(BaselineStore.Stored::baseline)
                        .toList())
                .setNextPageToken(page.nextToken())
                .build();
    }

    private static Baseline baseline(Tx tx, Names.Child name, String fullName) throws SQLException {
        return BaselineStore.find(tx, name.project(), name.id())
                .orElseThrow(() -> LabException.notFound(fullName))
                .baseline();
    }

    /** See RunService.CompareRuns. */
    public CompareRunsResponse compare(Caller caller, CompareRunsRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.run(request.getName());
        int size = Paging.size(request.getPageSize());
        return database.transact(tx -> {
            RunStore.Stored run = RunStore.get(tx, name.project(), name.id());
            String baseId = request.getBase().isEmpty()
                    ? (run.run().getBaselineRun().isEmpty()
                            ? null
                            : Names.run(run.run().getBaselineRun()).id())
                    : Runs.baselineRun(tx, name.project(), request.getBase());
            if (baseId == null) {
                throw LabException.invalid("base", "is missing, and the run has no baseline of its own");
            }
            RunStore.Stored base = RunStore.get(tx, name.project(), baseId);
            String scope = "comparison " + run.pk() + " " + base.pk() + " " + request.getChangeValue();
            String after = Paging.key(request.getPageToken(), scope, "");
            return compare(tx, run, base, request, size, scope, after);
        });
    }

    private static CompareRunsResponse compare(
            Tx tx,
            RunStore.Stored run,
            RunStore.Stored base,
            CompareRunsRequest request,
            int size,
            String scope,
            String after)
            throws SQLException {
        Map<CellChange, Long> counts = new EnumMap<>(CellChange.class);
        List<Pair> wanted = new java.util.ArrayList<>();
        for (Pair pair : ComparisonStore.pairs(tx, run, base)) {
            CellChange change = change(pair);
            counts.merge(change, 1L, Long::sum);
            boolean asked = request.getChange() == CellChange.CELL_CHANGE_UNSPECIFIED
                    ? change != CellChange.CELL_CHANGE_UNCHANGED
                    : change == request.getChange();
            if (asked && pair.cellKey().compareTo(after) > 0 && wanted.size() <= size) {
                wanted.add(pair);
            }
        }
        Paging.Page<Pair> page = Paging.page(wanted, size, scope, Pair::cellKey);
        CompareRunsResponse.Builder response = CompareRunsResponse.newBuilder()
                .setCounts(counts(counts))
                .setBaseRun(base.run().getName())
                .setNextPageToken(page.nextToken());
        for (Pair pair : page.items()) {
            response.addCells(details(tx, run, base, pair));
        }
        return response.build();
    }

    private static CellChange change(Pair pair) {
        return CellComparer.change(
                pair.baseNumber() != null,
                pair.baseVerdict(),
                pair.number() != null,
                pair.verdict(),
                pair.everPassed());
    }

    private static CellComparison details(Tx tx, RunStore.Stored run, RunStore.Stored base, Pair pair)
            throws SQLException {
        CellComparison.Builder cell = CellComparison.newBuilder()
                .setCellKey(pair.cellKey())
                .putAllParameters(pair.parameters())
                .setChange(change(pair))
                .setVerdict(orUnspecified(pair.verdict()))
                .setBaseVerdict(orUnspecified(pair.baseVerdict()));
        Integer number = pair.number();
        Integer baseNumber = pair.baseNumber();
        if (number != null) {
            cell.setCell(run.run().getName() + "/cells/" + number);
        }
        if (baseNumber != null) {
            cell.setBaseCell(base.run().getName() + "/cells/" + baseNumber);
        }
        Set<String> here = number == null ? Set.of() : ComparisonStore.fingerprints(tx, run.pk(), number);
        Set<String> there = baseNumber == null ? Set.of() : ComparisonStore.fingerprints(tx, base.pk(), baseNumber);
        cell.addAllNewFindings(without(here, there));
        boolean reallyRan = pair.verdict() == Verdict.VERDICT_PASSED || pair.verdict() == Verdict.VERDICT_FAILED;
        if (reallyRan) {
            cell.addAllFixedFindings(without(there, here));
        }
        return cell.build();
    }

    private static Verdict orUnspecified(@Nullable Verdict verdict) {
        return verdict == null ? Verdict.VERDICT_UNSPECIFIED : verdict;
    }

    private static Set<String> without(Set<String> all, Set<String> less) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(less);
        return rest;
    }

    private static ComparisonCounts counts(Map<CellChange, Long> counts) {
        return ComparisonCounts.newBuilder()
                .setNewCount(counts.getOrDefault(CellChange.CELL_CHANGE_NEW, 0L))
                .setFixedCount(counts.getOrDefault(CellChange.CELL_CHANGE_FIXED, 0L))
                .setUnchangedCount(counts.getOrDefault(CellChange.CELL_CHANGE_UNCHANGED, 0L))
                .setAppearedCount(counts.getOrDefault(CellChange.CELL_CHANGE_APPEARED, 0L))
                .setDisappearedCount(counts.getOrDefault(CellChange.CELL_CHANGE_DISAPPEARED, 0L))
                .setNeverPassedCount(counts.getOrDefault(CellChange.CELL_CHANGE_NEVER_PASSED, 0L))
                .setInconclusiveCount(counts.getOrDefault(CellChange.CELL_CHANGE_INCONCLUSIVE, 0L))
                .build();
    }
}
