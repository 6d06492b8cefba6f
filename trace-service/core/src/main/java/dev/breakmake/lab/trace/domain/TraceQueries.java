package dev.breakmake.lab.trace.domain;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.storage.Chunks;
import dev.breakmake.lab.trace.storage.StoredFile;
import dev.breakmake.lab.trace.storage.TraceReads;
import dev.breakmake.lab.trace.storage.TraceRow;
import dev.breakmake.lab.trace.storage.Transactions;
import dev.breakmake.trace.v1.AddressChange;
import dev.breakmake.trace.v1.AddressMap;
import dev.breakmake.trace.v1.BoundaryKind;
import dev.breakmake.trace.v1.ListAddressChangesResponse;
import dev.breakmake.trace.v1.ListMilestonesResponse;
import dev.breakmake.trace.v1.ListStepsResponse;
import dev.breakmake.trace.v1.MapComparison;
import dev.breakmake.trace.v1.Step;
import dev.breakmake.trace.v1.StepDiff;
import dev.breakmake.trace.v1.Walk;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.trace.Steps;
import dev.breakmake.translation.walk.AddressSpaceMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/** Answers questions about the steps and tables of sealed traces. Every question reads one snapshot of the database. */
public final class TraceQueries {

    private static final int DIFF_LIMIT = 20_000;

    private final Transactions transactions;

    /** Reads through {@code transactions}. */
    public TraceQueries(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * A sealed trace.
     *
     * @param whole plays every event
     * @param replay plays what moves tables and registers
     */
    private record Opened(TraceRow row, TraceReplay whole, TraceReplay replay, SymbolNames symbols) {

        /** The step asked for; -1 means the last. */
        long step(long wanted, String field) {
            long last = row.stepCount() - 1;
            if (wanted == -1) {
                return last;
            }
            if (wanted < 0 || wanted > last) {
                throw new TraceException(
                        Reason.ARGUMENT_INVALID,
                        field + ": " + wanted + " is not a step of the trace (0 to " + last + ")");
            }
            return wanted;
        }
    }

    private <T> T on(long traceId, BiFunction<Opened, Connection, T> question) {
        return transactions.read(connection -> question.apply(open(connection, traceId), connection));
    }

    private static Opened open(Connection connection, long traceId) throws SQLException {
        TraceRow row = TraceReads.byId(connection, traceId)
                .orElseThrow(() -> new TraceException(Reason.NOT_FOUND, "there is no trace traces/" + traceId));
        if (row.state() != TraceState.SEALED) {
            throw new TraceException(
                    Reason.TRACE_NOT_SEALED,
                    "trace traces/" + traceId + " is " + row.state() + ": it has no steps yet");
        }
        SymbolNames symbols = row.symbolsChunk() == 0
                ? SymbolNames.of(List.of(), List.of())
                : SymbolNames.decode(Compression.unpack(Chunks.body(connection, row.symbolsChunk())));
        TraceReplay whole = TraceReplay.of(StoredFile.open(connection, traceId, row.sizeBytes()));
        // Short traces, and those sealed before there were tracks, have none.
        TraceReplay tables = row.trackChunk() == 0
                ? whole
                : TraceReplay.of(TableTrack.decode(Chunks.body(connection, row.trackChunk())));
        return new Opened(row, whole, tables, symbols);
    }

    /** Steps of a window. */
    public ListStepsResponse steps(long traceId, long firstStep, int limit, boolean changesOnly) {
        return on(traceId, (trace, connection) -> {
            StepLister lister = new StepLister(firstStep, limit, changesOnly, trace.symbols());
            trace.whole().run(lister);
            return ListStepsResponse.newBuilder()
                    .addAllSteps(lister.steps())
                    .setNextStep(lister.nextStep())
                    .build();
        });
    }

    /** Milestones, from their list if the trace is long enough to have one. */
    public ListMilestonesResponse milestones(long traceId) {
        return transactions.read(connection -> {
            Opened trace = open(connection, traceId);
            if (trace.row().milestonesChunk() == 0) {
                Milestones milestones = new Milestones(trace.symbols());
                trace.whole().run(milestones);
                return milestones.result();
            }
            try {
                return ListMilestonesResponse.parseFrom(
                        Compression.unpack(Chunks.body(connection, trace.row().milestonesChunk())));
            } catch (InvalidProtocolBufferException e) {
                throw new SQLException("the stored milestones of trace " + traceId + " are damaged", e);
            }
        });
    }

    /** What changed in {@code step}, or after {@code base} up to it. */
    public StepDiff diff(long traceId, long wanted, OptionalLong base) {
        return on(traceId, (trace, connection) -> {
            long step = trace.step(wanted, "step");
            long first = base.isEmpty() ? step : trace.step(base.getAsLong(), "base_step") + 1;
            if (first > step + 1) {
                throw new TraceException(
                        Reason.ARGUMENT_INVALID, "base_step: " + (first - 1) + " is later than step " + step);
            }
            NetChanges changes = new NetChanges(first, step);
            Placements before =
                    first == 0 ? new Placements() : Placements.at(trace.replay().momentAt(first - 1));
            Moment end = trace.replay().run(changes).moment();
            DiffWriter writer = new DiffWriter(before, Placements.at(end), trace.symbols());
            StepDiff.Builder result = StepDiff.newBuilder().setStep(step);
            base.ifPresent(result::setBaseStep);
            for (NetChanges.Change change : changes.changes()) {
                if (result.getChangesCount() == DIFF_LIMIT) {
                    result.setTruncated(true);
                    break;
                }
                result.addChanges(writer.write(change));
            }
            return result.build();
        });
    }

    /** The walk of an address at the end of a step. */
    public Walk walk(long traceId, long wanted, int pe, String regime, long address) {
        return on(traceId, (trace, connection) -> {
            long step = trace.step(wanted, "step");
            return MapWriter.walk(trace.replay().momentAt(step), step, pe, regime, address);
        });
    }

    /** The map of a regime at the end of a step. */
    public AddressMap map(long traceId, long wanted, int pe, String regime) {
        return on(traceId, (trace, connection) -> {
            long step = trace.step(wanted, "step");
            return MapWriter.map(trace.replay().momentAt(step), step, pe, regime);
        });
    }

    /** One side of a comparison of maps. */
    public record MapQuestion(long traceId, long step, int pe, String regime) {}

    /** What two maps translate differently. */
    public MapComparison compare(MapQuestion base, MapQuestion target) {
        return MapWriter.compare(spaceMap(base), spaceMap(target));
    }

    private AddressSpaceMap spaceMap(MapQuestion question) {
        return on(question.traceId(), (trace, connection) -> {
            Moment moment = trace.replay().momentAt(trace.step(question.step(), "step"));
            Regime regime = moment.regime(question.pe(), question.regime());
            return AddressSpaceMap.of(moment.configuration(question.pe(), regime), moment.memory());
        });
    }

    /** Steps that changed what an address translates to. */
    public ListAddressChangesResponse changes(long traceId, long address, String regime, long firstStep, int limit) {
        return on(traceId, (trace, connection) -> {
            List<Regime> regimes = regimes(trace, regime);
            AddressWatch watch = new AddressWatch(address, regimes, firstStep, limit, trace.symbols());
            trace.replay().run(watch);
            ListAddressChangesResponse.Builder result =
                    ListAddressChangesResponse.newBuilder().setNextStep(watch.nextStep());
            for (AddressWatch.Hit hit : watch.hits()) {
                result.addChanges(change(trace, hit));
            }
            return result.build();
        });
    }

    private static List<Regime> regimes(Opened trace, String name) {
        // None means those that exist at each moment.
        return name.isEmpty() ? List.of() : List.of(trace.replay().momentAt(0).regime(0, name));
    }

    private static AddressChange change(Opened trace, AddressWatch.Hit hit) {
        AddressChange.Builder result = AddressChange.newBuilder()
                .setStep(Step.newBuilder()
                        .setStep(hit.step())
                        .setPe(hit.last().pe())
                        .setPc(hit.last().pc())
                        .setSymbol(trace.symbols().text(hit.last().pc()))
                        .setInstructions(hit.last().instructions())
                        .setExceptionLevel(hit.last().el().name())
                        .setKind(kind(hit.last()))
                        .setBoundary(Steps.ends(hit.last()) ? EventText.of(hit.last()) : "end of trace"));
        return result.addAllChanges(hit.changes()).build();
    }

    private static BoundaryKind kind(TranslationEvent last) {
        return Steps.ends(last) ? EventText.kind(last) : BoundaryKind.BOUNDARY_KIND_END;
    }

    /** Bytes of the trace file from {@code offset}, at most {@code limit}; empty at its end. */
    public byte[] export(long traceId, long offset, int limit) {
        return transactions.read(connection -> {
            TraceRow row = TraceReads.byId(connection, traceId)
                    .orElseThrow(() -> new TraceException(Reason.NOT_FOUND, "there is no trace traces/" + traceId));
            byte[] piece = new byte[limit];
            int count = 0;
            StoredFile file = StoredFile.open(connection, traceId, row.sizeBytes());
            try {
                while (count < limit) {
                    int read = file.read(offset + count, piece, count, limit - count);
                    if (read <= 0) {
                        break;
                    }
                    count += read;
                }
            } catch (java.io.IOException e) {
                throw new SQLException(e.getMessage(), e);
            }
            return Arrays.copyOf(piece, count);
        });
    }
}
