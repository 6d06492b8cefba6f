package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fork goes on exactly as the machine it was taken from, whenever it is taken. */
class SnapshotTest {

    private static BootSpecification xen(final String version, final int pes, final int gic) {
        final CpuModel cpu = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        return BootSpecification.of("xen", XenImages.image(version), Platform.virt(cpu, pes, 128 << 20, gic));
    }

    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, 1, 2",
        "4.17-arm64, 2, 2",
        "4.17-arm64, 2, 3",
        "4.20-arm64, 2, 2",
        "4.14-armhf, 1, 2",
        "4.17-armhf, 2, 2"
    })
    void aForkTellsTheEventsOfTheUndisturbedRun(final String version, final int pes, final int gic)
            throws BadImageException {
        final BootSpecification specification = xen(version, pes, gic);
        final List<TranslationEvent> expected = new ArrayList<>();
        final BootResult undisturbed = Boot.run(specification, expected::add);
        final Random random = new Random(pes * 31L + gic);
        final long at = random.nextLong(undisturbed.totalInstructions());
        final Snapshot snapshot = Objects.requireNonNull(Boot.prefix(specification, at, true));
        final List<TranslationEvent> first = new ArrayList<>();
        final List<TranslationEvent> second = new ArrayList<>();

        final BootResult result = snapshot.fork(first::add).run();
        snapshot.fork(second::add).run();

        assertThat(result.console()).isEqualTo(undisturbed.console());
        assertThat(result.instructions()).isEqualTo(undisturbed.instructions());
        assertThat(first).as("fork at instruction %d", at).isEqualTo(expected);
        assertThat(second)
                .as("second fork at instruction %d", at)
                .hasSameSizeAs(expected)
                .endsWith(expected.getLast());
    }

    @Test
    void theMachineASnapshotWasTakenFromGoesOnToo() throws BadImageException {
        final BootSpecification specification = xen("4.20-arm64", 2, 2);
        final List<TranslationEvent> expected = new ArrayList<>();
        final BootResult undisturbed = Boot.run(specification, expected::add);
        final Snapshot outer = Objects.requireNonNull(Boot.prefix(specification, 700_000, true));
        final List<TranslationEvent> events = new ArrayList<>();
        final Machine machine = outer.fork(events::add);
        machine.runTo(() -> machine.instructions() > 1_500_000);
        final Snapshot inner = machine.snapshot(events);

        assertThat(machine.run().instructions()).isEqualTo(undisturbed.instructions());
        assertThat(events).isEqualTo(expected);
        assertThat(inner.instructions()).isGreaterThan(outer.instructions());
        assertThat(inner.fork(null).run().console()).isEqualTo(undisturbed.console());
    }

    @Test
    void aForkOfAnotherBootIsRefused() throws BadImageException {
        final BootSpecification specification = xen("4.20-arm64", 1, 2);
        final Snapshot snapshot = Objects.requireNonNull(Boot.prefix(specification, 1000, false));

        assertThatThrownBy(() -> snapshot.fork(specification.withTlbPolicy(TlbPolicy.KEEP_STALE, 1), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a fork may differ from its prefix in goal, limits and symbols; this one is another boot");
    }

    @Test
    void aBootThatEndsBeforeThePrefixHasNoSnapshot() throws BadImageException {
        assertThat(Boot.prefix(xen("4.20-arm64", 1, 2), Long.MAX_VALUE, false)).isNull();
    }
}
