package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.Flow;
import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.SymbolSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One flow with what the checker says of it.
 *
 * @param specification the flow
 * @param result how it ended
 * @param findings findings in order of their first occurrence
 */
public record FlowStudy(FlowSpecification specification, FlowResult result, List<Finding> findings) {

    public FlowStudy {
        findings = List.copyOf(findings);
    }

    /** Runs a flow with the checker attached. */
    public static FlowStudy of(final FlowSpecification specification, final Mutation mutation) {
        return of(specification, mutation, Surroundings.PLAIN, CheckerOptions.defaults(), null);
    }

    /**
     * Runs a flow with the checker attached.
     *
     * @param surroundings what TLBs may serve and what registers hold at hand-over
     * @param options profile; symbols are the flow's own
     * @param also gets every event too, or null
     */
    public static FlowStudy of(
            final FlowSpecification specification,
            final Mutation mutation,
            final Surroundings surroundings,
            final CheckerOptions options,
            final @Nullable EventSink also) {
        final Checker checker = new Checker(options.withSymbols(symbols(specification)));
        final EventSink sink = also == null ? checker : also.andThen(checker);
        final FlowResult result = Flow.run(specification, mutation, surroundings, sink);
        return new FlowStudy(specification, result, checker.finish());
    }

    /** Names the routines of a flow. */
    public static SymbolSource symbols(final FlowSpecification specification) {
        return pc -> {
            final Flow.Place place = Flow.place(specification, pc);
            return place == null ? null : new SymbolSource.CodeSymbol(place.routine(), place.offset(), null);
        };
    }
}
