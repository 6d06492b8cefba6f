package dev.breakmake.lab.runner.backend;

import dev.breakmake.engine.flow.Flow;
import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.translation.finding.SymbolSource;
import org.jspecify.annotations.Nullable;

/** Executes cells that name a boot flow instead of an image, on the engine's PEs. */
public final class FlowBackend implements CellBackend {

    private final String version;

    /** Flows of an engine. */
    public FlowBackend(String version) {
        this.version = version;
    }

    @Override
    public Backend kind() {
        return Backend.BACKEND_ENGINE;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public SymbolSource symbols(CellWork work) throws AttemptFault {
        return FlowStudy.symbols(specification(work.boot()));
    }

    @Override
    public CellEnd run(CellWork work, CellObserver observer) throws AttemptFault {
        FlowSpecification flow = specification(work.boot());
        Surroundings surroundings =
                new Surroundings(Adversaries.policy(work.boot()), work.boot().getSeed());
        FlowResult result = Flow.run(flow, Mutation.NONE, surroundings, observer);
        return new CellEnd(outcome(result), FlowStudy.symbols(flow));
    }

    private static FlowSpecification specification(BootSpec boot) throws AttemptFault {
        try {
            return FlowName.parse(
                    boot.getFlow(),
                    boot.getFlowOptionsMap(),
                    loadAddress(boot.getLoadAddress()),
                    boot.getPes() == 0 ? 1 : boot.getPes());
        } catch (IllegalArgumentException e) {
            throw new AttemptFault(Cause.CAUSE_CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable Long loadAddress(String text) {
        try {
            return text.isEmpty() ? null : Long.decode(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("load address '" + text + "' is no number, for example 0x40200000", e);
        }
    }

    private static Outcome outcome(FlowResult result) {
        return Outcome.newBuilder()
                .setKind(
                        switch (result.end()) {
                            case REACHED -> OutcomeKind.OUTCOME_KIND_REACHED;
                            case GAVE_UP -> OutcomeKind.OUTCOME_KIND_PANICKED;
                            case EXCEPTION -> OutcomeKind.OUTCOME_KIND_EXCEPTION_LOOP;
                            case UNIMPLEMENTED -> OutcomeKind.OUTCOME_KIND_UNIMPLEMENTED;
                        })
                .setSymbol(result.stoppedAt() == null ? "" : result.stoppedAt())
                .setInstructions(result.operations().size())
                .setDetail(result.message())
                .build();
    }
}
