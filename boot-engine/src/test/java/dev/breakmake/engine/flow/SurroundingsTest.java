package dev.breakmake.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.machine.TlbPolicy;
import dev.breakmake.engine.study.FlowOutcome;
import dev.breakmake.translation.event.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What flows come to under TLBs that serve what they may still hold. */
class SurroundingsTest {

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void aCompliantFlowEndsTheSameUnderEveryTlbAndHandOver(final Architecture architecture) {
        for (final Tables tables : Tables.values()) {
            final FlowSpecification fixed =
                    FlowSpecification.of(architecture, Preset.FIXED, 2).with(tables.options(architecture));
            final FlowOutcome plain = FlowOutcome.of(fixed, Mutation.NONE, Surroundings.PLAIN);
            for (final TlbPolicy policy : TlbPolicy.values()) {
                for (final long seed : new long[] {0, 1, 2, 3, 11}) {
                    assertThat(plain.differenceTo(FlowOutcome.of(fixed, Mutation.NONE, new Surroundings(policy, seed))))
                            .as("%s %s %s %d", architecture, tables, policy, seed)
                            .isEmpty();
                }
            }
        }
    }

    /** Granules worth a run. */
    private enum Tables {
        XEN,
        LARGE_GRANULE;

        TableOptions options(final Architecture architecture) {
            return this == XEN || architecture == Architecture.AARCH32
                    ? TableOptions.DEFAULT
                    : TableOptions.DEFAULT.with("granule", "64k");
        }
    }

    @Test
    void aMissingInvalidateBreaksTheBootWhereTheTlbKeepsWhatItHad() {
        final FlowSpecification base = FlowSpecification.of(Architecture.AARCH64, Preset.BASE, 1);
        final FlowOperation invalidate = Flow.run(base, Mutation.NONE, null).operations().stream()
                .filter(operation -> operation.id().equals("pe0/switch_ttbr/tlbi alle2"))
                .findFirst()
                .orElseThrow();
        final Mutation dropped = new Mutation.Drop(invalidate.index());

        assertThat(Flow.run(base, dropped, null).reached()).isTrue();
        // The boot tables map code writable: with WXN set, what the TLB still holds of them cannot be executed.
        final FlowResult stale = Flow.run(base, dropped, new Surroundings(TlbPolicy.KEEP_STALE, 0), null);
        assertThat(stale.reached()).isFalse();
        assertThat(stale.stoppedAt()).isEqualTo("xen_pt_enforce_wnx");
        assertThat(stale.message()).contains("fetch from");
    }

    @Test
    void codeFetchedFromAnotherPageIsNotTheFlowsCode() {
        final FlowSpecification fixed = FlowSpecification.of(Architecture.AARCH64, Preset.FIXED, 1);
        final FlowOperation text = Flow.run(fixed, Mutation.NONE, null).operations().stream()
                .filter(operation -> operation.name().equals("store boot_third[0]"))
                .findFirst()
                .orElseThrow();
        final FlowResult astray = Flow.run(fixed, new Mutation.Replace(text.index(), Replacement.OTHER_PAGE), null);

        assertThat(astray.end()).isEqualTo(FlowEnd.EXCEPTION);
        assertThat(astray.message()).contains("came from 0x40201000", "0x40200000 was meant");
    }
}
