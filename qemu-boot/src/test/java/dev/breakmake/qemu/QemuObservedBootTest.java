package dev.breakmake.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class QemuObservedBootTest {

    private static final long MEMORY = 256L << 20;

    private static List<TranslationEvent> observe(String image, int peCount) throws Exception {
        Architecture architecture = RealImages.architecture(image);
        RealImages.needQemu(architecture);
        QemuBootSpecification specification = QemuBootSpecification.virt(
                        architecture, RealImages.xen(image), peCount, MEMORY)
                .withLimits(QemuLimits.DEFAULT.withWallClock(Duration.ofMinutes(8)));
        List<TranslationEvent> events = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(specification, events::add, line -> {});
        assertThat(result.outcome().kind())
                .as(String.join("\n", result.console()))
                .isEqualTo(OutcomeKind.REACHED);
        assertThat(result.events()).isEqualTo(events.size());
        return events;
    }

    private static <T extends TranslationEvent> List<T> of(List<TranslationEvent> events, Class<T> type, int pe) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(event -> event.pe() == pe)
                .toList();
    }

    private static List<RegisterWrite> roots(List<TranslationEvent> events, int pe) {
        return of(events, RegisterWrite.class, pe).stream()
                .filter(write -> write.register() == TranslationRegister.TTBR0_EL2
                        || write.register() == TranslationRegister.HTTBR)
                .toList();
    }

    private static boolean mmuOnAt(List<TranslationEvent> events, RegisterWrite write) {
        boolean on = false;
        for (PeState state : of(events, PeState.class, write.pe())) {
            if (state.sequence() < write.sequence()) {
                on = state.change() == PeState.Change.MMU_ON || (on && state.change() != PeState.Change.MMU_OFF);
            }
        }
        return on;
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-arm64", "4.17-arm64", "4.14-armhf"})
    void beforeTheSeriesEveryPeSwitchesItsRootWithTheMmuOn(String image) throws Exception {
        List<TranslationEvent> events = observe(image, 2);
        for (int pe = 0; pe < 2; pe++) {
            List<RegisterWrite> roots = roots(events, pe);
            assertThat(roots).hasSize(2);
            assertThat(mmuOnAt(events, roots.get(0))).isFalse();
            assertThat(mmuOnAt(events, roots.get(1))).isTrue();
            assertThat(roots.get(1).value()).isNotEqualTo(roots.get(0).value());
        }
        checkShape(events, image);
        if (RealImages.architecture(image) == Architecture.AARCH64) {
            assertThat(rootFindings(events)).containsExactlyInAnyOrder(List.of(0), List.of(1));
        }
    }

    /** PEs of every REG-TTBR finding: what stock QEMU shows is enough for the rule the series is about. */
    private static List<List<Integer>> rootFindings(List<TranslationEvent> events) {
        Checker checker = new Checker(CheckerOptions.defaults());
        events.forEach(checker::accept);
        return checker.finish().stream()
                .filter(finding -> finding.rule() == RuleId.REG_TTBR)
                .map(Finding::pes)
                .toList();
    }

    @Test
    void afterTheSeriesTheRootIsSwitchedWithTheMmuOff() throws Exception {
        List<TranslationEvent> events = observe("4.20-arm64", 2);
        List<RegisterWrite> boot = roots(events, 0);
        assertThat(boot).hasSize(2);
        assertThat(boot).noneMatch(write -> mmuOnAt(events, write));
        assertThat(of(events, PeState.class, 0))
                .extracting(PeState::change)
                .containsSubsequence(PeState.Change.MMU_ON, PeState.Change.MMU_OFF, PeState.Change.MMU_ON);
        assertThat(roots(events, 1))
                .as("secondaries start on the runtime tables")
                .hasSize(1);
        checkShape(events, "4.20-arm64");
        assertThat(rootFindings(events)).isEmpty();
    }

    @Test
    void whatQemuCannotShowIsNotObservableAndNeverClean() throws Exception {
        Checker checker = new Checker(CheckerOptions.defaults());
        observe("4.17-arm64", 1).forEach(checker::accept);
        List<Finding> findings = checker.finish();
        // Of these 4.17 has CMO-PTOFF and TLB-ISB, as the engine shows.
        assertThat(checker.notObservable())
                .containsKeys(RuleId.CMO_PTOFF, RuleId.MMU_DSB, RuleId.TLB_ISB, RuleId.PTE_DSB, RuleId.TLB_MISS);
        assertThat(findings)
                .extracting(Finding::rule)
                .doesNotContainAnyElementsOf(checker.notObservable().keySet());
    }

    @Test
    void aGuestBelowTheHypervisorEndsTheBootWhenItIsEntered(@TempDir Path folder) throws Exception {
        RealImages.needQemu(Architecture.AARCH64);
        // An arm64 Image whose first instruction branches to itself: enough for Xen to build stage 2 and enter it.
        ByteBuffer kernel = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        kernel.putInt(0, 0x1400_0000).putLong(16, 4096).putLong(24, 0xa).putInt(56, 0x644d_5241);
        GuestModule guest =
                new GuestModule(Files.write(folder.resolve("guest"), kernel.array()), 0x4600_0000L, "console=hvc0");
        QemuBootSpecification specification = QemuBootSpecification.virt(
                        Architecture.AARCH64, RealImages.xen("4.20-arm64"), 1, 2 * MEMORY)
                .withDom0(guest, "console=dtuart dtuart=/pl011@9000000 noreboot dom0_mem=64M")
                .withUntilGuest()
                .withLimits(QemuLimits.DEFAULT.withWallClock(Duration.ofMinutes(8)));
        List<TranslationEvent> events = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(specification, events::add, line -> {});
        assertThat(result.outcome().kind())
                .as(String.join("\n", result.console()))
                .isEqualTo(OutcomeKind.REACHED);
        assertThat(result.outcome().detail()).contains("guest");
        assertThat(events.getLast()).isInstanceOfSatisfying(PeState.class, state -> {
            assertThat(state.change()).isEqualTo(PeState.Change.EL_CHANGE);
            assertThat(state.el()).isEqualTo(ExceptionLevel.EL1);
        });
        assertThat(of(events, RegisterWrite.class, 0))
                .anyMatch(write -> write.register() == TranslationRegister.VTTBR_EL2 && write.value() != 0);
    }

    @Test
    void xen417On32BitArmIsObservedToTheEnd() throws Exception {
        List<TranslationEvent> events = observe("4.17-armhf", 1);
        assertThat(roots(events, 0)).hasSize(2);
        checkShape(events, "4.17-armhf");
    }

    @Test
    void oneProcessorGivesTheSameRegistersAndInvalidatesEveryTime() throws Exception {
        List<String> first = story(observe("4.17-arm64", 1));
        assertThat(story(observe("4.17-arm64", 1))).isEqualTo(first);
    }

    private static List<String> story(List<TranslationEvent> events) {
        List<String> story = new ArrayList<>();
        for (TranslationEvent event : events) {
            switch (event) {
                case RegisterWrite w -> story.add("%s=%x at %x".formatted(w.register(), w.value(), w.pc()));
                case TlbInvalidate t -> story.add("%s %x at %x".formatted(t.operation(), t.operand(), t.pc()));
                case DescriptorWrite d -> story.add("%x: %x".formatted(d.pa(), d.newDescriptor()));
                default -> {}
            }
        }
        return story;
    }

    private static void checkShape(List<TranslationEvent> events, String image) {
        assertThat(events.getFirst()).isInstanceOfSatisfying(TraceHeader.class, header -> {
            assertThat(header.architecture()).isEqualTo(RealImages.architecture(image));
            assertThat(header.notObservable())
                    .contains(Capability.STORE_ORDER, Capability.CACHE_STATE, Capability.ALL_BARRIERS);
            assertThat(header.backend()).startsWith("qemu ");
            assertThat(header.regions().getFirst().name()).isEqualTo("image");
            assertThat(header.idRegisters()).containsKey("ID_MMFR0");
        });
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).sequence()).isEqualTo(i);
        }
        assertThat(events)
                .anyMatch(
                        event -> event instanceof Marker marker && marker.text().contains("Xen version"));
        checkDescriptors(events);
        checkCompletion(events);
        boolean a64 = RealImages.architecture(image) == Architecture.AARCH64;
        long broadcasts = events.stream()
                .filter(event -> event instanceof TlbInvalidate tlbi
                        && tlbi.shareability() == Shareability.ISH
                        && tlbi.operation() == (a64 ? TlbOperation.VAE2 : TlbOperation.TLBIMVAH))
                .count();
        assertThat(broadcasts).as("broadcast invalidates by address").isGreaterThan(500);
    }

    /** Every change starts from what the change before it left. */
    private static void checkDescriptors(List<TranslationEvent> events) {
        Map<Long, Long> memory = new HashMap<>();
        int writes = 0;
        for (TranslationEvent event : events) {
            if (event instanceof DescriptorWrite write) {
                assertThat(write.oldDescriptor()).isEqualTo(memory.getOrDefault(write.pa(), 0L));
                assertThat(write.origin()).isEqualTo(WriteOrigin.OBSERVED);
                memory.put(write.pa(), write.newDescriptor());
                writes++;
            }
        }
        assertThat(writes).isGreaterThan(700);
    }

    /** Xen completes every invalidate: a DSB of its PE follows before that PE's next register write. */
    private static void checkCompletion(List<TranslationEvent> events) {
        Map<Integer, TlbInvalidate> open = new HashMap<>();
        for (TranslationEvent event : events) {
            switch (event) {
                case TlbInvalidate tlbi -> open.put(tlbi.pe(), tlbi);
                case Barrier barrier -> open.remove(barrier.pe());
                case RegisterWrite write ->
                    assertThat(open.get(write.pe()))
                            .as("not completed before " + write)
                            .isNull();
                case ContextSynchronization sync -> {
                    if (sync.cause() == ContextSynchronization.Cause.ISB) {
                        assertThat(open.get(sync.pe()))
                                .as("not completed before " + sync)
                                .isNull();
                    }
                }
                default -> {}
            }
        }
    }
}
