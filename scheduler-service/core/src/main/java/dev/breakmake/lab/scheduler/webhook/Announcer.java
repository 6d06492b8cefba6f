package dev.breakmake.lab.scheduler.webhook;

import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.RunEnds;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.NewFinding;
import dev.breakmake.lab.v1.Notice;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.SubscriptionEvent;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Puts in what subscriptions are to hear when a run ends, in the transaction that ends it. */
public final class Announcer implements RunEnds {

    private static final int SHOWN = 100;

    @Override
    public void ended(Tx tx, long pk) throws SQLException {
        Optional<RunStore.Stored> found = RunStore.find(tx, pk);
        if (found.isEmpty()) {
            return;
        }
        Run run = found.get().run();
        String job = run.getJob().isEmpty() ? null : Names.job(run.getJob()).id();
        List<SubscriptionStore.Stored> listening =
                SubscriptionStore.listening(tx, found.get().project(), job);
        if (listening.isEmpty()) {
            return;
        }
        Notice notice = notice(tx, found.get());
        for (SubscriptionStore.Stored subscription : listening) {
            for (SubscriptionEvent event : subscription.subscription().getEventsList()) {
                boolean happened = switch (event) {
                    case SUBSCRIPTION_EVENT_NEW_FINDINGS -> notice.getNewFindingCount() > 0;
                    case SUBSCRIPTION_EVENT_RUN_ENDED -> true;
                    case SUBSCRIPTION_EVENT_TEST, SUBSCRIPTION_EVENT_UNSPECIFIED, UNRECOGNIZED -> false;
                };
                if (happened) {
                    String body = MessageWriter.json(
                            notice.toBuilder().setEvent(event).build());
                    DeliveryStore.insert(tx, subscription.project(), subscription.id(), event, pk, body);
                }
            }
        }
    }

    private static Notice notice(Tx tx, RunStore.Stored stored) throws SQLException {
        Run run = stored.run();
        Notice.Builder notice = Notice.newBuilder()
                .setProject("projects/" + stored.project())
                .setRun(run.getName())
                .setJob(run.getJob())
                .setVerdict(run.getVerdict())
                .setCounts(run.getCounts())
                .setBaselineRun(run.getBaselineRun())
                .setEndTime(run.getEndTime());
        if (!run.getBaselineRun().isEmpty()) {
            List<NewFinding> fresh = newFindings(tx, stored);
            notice.setNewFindingCount(fresh.size()).addAllNewFindings(fresh.subList(0, Math.min(SHOWN, fresh.size())));
        }
        return notice.build();
    }

    private static List<NewFinding> newFindings(Tx tx, RunStore.Stored stored) throws SQLException {
        String base = Names.run(stored.run().getBaselineRun()).id();
        return tx.query(
                """
                select f.fingerprint, min(f.rule), max(f.severity), min(f.symbol), min(f.region), count(*), min(f.number)
                from cell_finding f
                where f.run_pk = ? and not f.expected and not exists (
                    select from cell_finding o join run b on b.pk = o.run_pk
                    where b.project_id = ? and b.id = ? and o.fingerprint = f.fingerprint)
                group by f.fingerprint order by 3 desc, 2, 1""",
                row -> NewFinding.newBuilder()
                        .setFingerprint(row.getString(1))
                        .setRule(row.getString(2))
                        .setSeverityValue(row.getInt(3))
                        .setSymbol(row.getString(4))
                        .setRegion(row.getString(5))
                        .setCellCount(row.getLong(6))
                        .setCell(stored.run().getName() + "/cells/" + row.getInt(7))
                        .build(),
                stored.pk(),
                stored.project(),
                base);
    }
}
