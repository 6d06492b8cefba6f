package dev.breakmake.engine.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.flow.Effect;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowRun;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Preset;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.translation.event.Architecture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the oracle asks of the barriers before a PE begins: neither less than the PE depends on nor more. */
class OrderingOracleTest {

    private static final FlowSpecification FLOW = FlowSpecification.of(Architecture.AARCH32, Preset.SERIES, 3);

    @Test
    void tablesThatAStartedProcessingElementWalksHaveArrivedBeforeItBegins() {
        final int barrier = last("init_secondary_pagetables", "dsb ish", 0);

        assertThat(unmetWithout(barrier))
                .extracting(OrderingOracle.Unmet::what)
                .contains("DSB ISH after the stores another PE depends on");
    }

    /** Each PE of AArch32 has a domheap of its own, which no other PE walks. */
    @Test
    void tablesThatOnlyTheStoringProcessingElementWalksNeedNotArriveAnywhere() {
        final int barrier = last("map_domain_page", "dsb sy", 1);

        assertThat(unmetWithout(barrier))
                .extracting(OrderingOracle.Unmet::what)
                .doesNotContain("DSB ISH after the stores another PE depends on")
                .isNotEmpty();
    }

    private static List<OrderingOracle.Unmet> unmetWithout(final int operation) {
        final List<OrderingOracle.Unmet> unmet = OrderingOracle.unmet(FLOW, run(new Mutation.Drop(operation)));
        OrderingOracle.unmet(FLOW, run(Mutation.NONE)).forEach(unmet::remove);
        return unmet;
    }

    private static List<FlowOperation> run(final Mutation mutation) {
        return new FlowRun(FLOW, mutation, Surroundings.PLAIN, event -> {})
                .run()
                .executed();
    }

    /** The last barrier of a name in a routine of a PE. */
    private static int last(final String routine, final String name, final int pe) {
        return run(Mutation.NONE).stream()
                .filter(operation -> operation.pe() == pe
                        && operation.effect() instanceof Effect.Fence
                        && operation.routine().equals(routine)
                        && operation.name().equals(name))
                .mapToInt(FlowOperation::index)
                .max()
                .orElseThrow();
    }
}
