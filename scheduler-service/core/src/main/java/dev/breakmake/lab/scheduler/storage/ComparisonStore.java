package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.v1.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Cells of two runs side by side. */
public final class ComparisonStore {

    private ComparisonStore() {}

    /** One cell key; a side that lacks it has null numbers and verdicts. */
    public record Pair(
            String cellKey,
            Map<String, String> parameters,
            @Nullable Integer baseNumber,
            @Nullable Verdict baseVerdict,
            @Nullable Integer number,
            @Nullable Verdict verdict,
            boolean everPassed) {

        public Pair {
            parameters = Map.copyOf(parameters);
        }
    }

    /** All keys of both runs, ascending. Whether a failing cell ever passed is looked up in the earlier runs of the same job. */
    public static List<Pair> pairs(Tx tx, RunStore.Stored run, RunStore.Stored base) throws SQLException {
        return tx.query(
                """
                select coalesce(h.cell_key, b.cell_key) collate "C" as cell_key, coalesce(h.parameters, b.parameters) as parameters,
                       b.number as base_number, b.verdict as base_verdict, h.number as number, h.verdict as verdict,
                       coalesce(b.verdict = 2, false) or (h.verdict = 5 and exists (
                           select 1 from cell e join run r on r.pk = e.run_pk join run me on me.pk = ?
                           where e.cell_key = h.cell_key and e.verdict = 2 and e.run_pk < me.pk and r.project_id = me.project_id
                             and r.job_id is not distinct from me.job_id)) as ever_passed
                from (select * from cell where run_pk = ?) h full join (select * from cell where run_pk = ?) b using (cell_key)
                order by 1""",
                row -> new Pair(
                        row.getString("cell_key"),
                        Tx.map(row, "parameters"),
                        row.getObject("base_number", Integer.class),
                        verdict(row.getObject("base_verdict", Integer.class)),
                        row.getObject("number", Integer.class),
                        verdict(row.getObject("verdict", Integer.class)),
                        row.getBoolean("ever_passed")),
                run.pk(),
                run.pk(),
                base.pk());
    }

    private static @Nullable Verdict verdict(@Nullable Integer number) {
        return number == null ? null : Verdict.forNumber(number);
    }

    /** Fingerprints of a cell's findings. */
    public static Set<String> fingerprints(Tx tx, long run, int number) throws SQLException {
        return new TreeSet<>(tx.query(
                "select fingerprint from cell_finding where run_pk = ? and number = ?",
                row -> row.getString(1),
                run,
                number));
    }
}
