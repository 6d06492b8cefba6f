package dev.breakmake.qemu.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
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
import dev.breakmake.translation.finding.SymbolSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BackendComparisonTest {

    private static final long ROOT = 0x4020_0000L;
    private static final SymbolSource SYMBOLS = pc -> new SymbolSource.CodeSymbol("switch_ttbr", pc & 0xff, null);

    /** Writes one trace; every call is one event. */
    private static final class Trace {
        private final List<TranslationEvent> events = new ArrayList<>();

        Trace(String backend, int pes) {
            HandOver handOver =
                    new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.CLEAN_STALE, HandOver.LineState.UNKNOWN);
            events.add(new TraceHeader(
                    Architecture.AARCH64,
                    pes,
                    new TreeMap<>(),
                    Set.of(),
                    0,
                    64,
                    44,
                    List.of(new AddressRange(0x4000_0000L, 0x5000_0000L)),
                    List.of(),
                    handOver,
                    backend,
                    Set.of(),
                    "test"));
        }

        Trace register(int pe, TranslationRegister register, long value) {
            events.add(new RegisterWrite(events.size(), pe, 0, 0x200564, ExceptionLevel.EL2, register, value));
            return this;
        }

        Trace tlbi(int pe, TlbOperation operation, Shareability shareability, long operand) {
            events.add(new TlbInvalidate(
                    events.size(), pe, 0, 0x262188, ExceptionLevel.EL2, operation, operand, shareability, false));
            return this;
        }

        Trace descriptor(long pa, long before, long after) {
            events.add(new DescriptorWrite(
                    events.size(), 0, 0, 0x1000, ExceptionLevel.EL2, pa, 8, before, after, true, 0, WriteOrigin.STORE));
            return this;
        }

        Trace barrier(int pe) {
            events.add(new Barrier(
                    events.size(),
                    pe,
                    0,
                    0x1000,
                    ExceptionLevel.EL2,
                    Barrier.Kind.DSB,
                    Shareability.SY,
                    Barrier.AccessTypes.ALL,
                    false));
            return this;
        }

        Trace line(String text) {
            events.add(new Marker(events.size(), 0, 0, 0x1000, ExceptionLevel.EL2, Marker.Kind.CONSOLE_LINE, text));
            return this;
        }

        Trace on(int pe) {
            events.add(
                    new PeState(events.size(), pe, 0, 0x1000, ExceptionLevel.EL2, PeState.Change.CPU_ON, 0x4020_01ac));
            return this;
        }
    }

    /** A small boot: attributes, a root with one 1 GiB block at index 1, on, a flush. */
    private static Trace boot(Trace trace, long block) {
        return trace.register(0, TranslationRegister.MAIR_EL2, 0xff)
                .register(0, TranslationRegister.TCR_EL2, 0x8084_3519L)
                .descriptor(ROOT + 8, 0, block)
                .register(0, TranslationRegister.TTBR0_EL2, ROOT)
                .register(0, TranslationRegister.SCTLR_EL2, 0x30c5183dL)
                .tlbi(0, TlbOperation.ALLE2, Shareability.NSH, 0)
                .tlbi(0, TlbOperation.VAE2, Shareability.ISH, 0x401);
    }

    private static final long BLOCK = 0x4000_0000L | 0x701;

    private static ComparisonResult compare(Trace left, Trace right) {
        return BackendComparison.compare(left.events, right.events, SYMBOLS);
    }

    @Test
    void equalTracesAgreeWithWhatWasCompared() {
        ComparisonResult result = compare(boot(new Trace("engine", 1), BLOCK), boot(new Trace("qemu", 1), BLOCK));
        assertThat(result.differences()).isEmpty();
        assertThat(result.agree()).isTrue();
        assertThat(result.registerWrites()).isEqualTo(4);
        assertThat(result.tlbInvalidates()).isEqualTo(2);
        assertThat(result.tables()).isEqualTo(5);
        assertThat(result.toJson())
                .isEqualTo("{\"agree\":true,\"backends\":[\"engine\",\"qemu\"],\"compared\":{\"registerWrites\":4,"
                        + "\"tlbInvalidates\":2,\"tables\":5},\"differences\":[]}");
    }

    @Test
    void nothingComparedIsNotAgreement() {
        assertThat(compare(new Trace("engine", 1), new Trace("qemu", 1)).agree())
                .isFalse();
        ComparisonResult half = compare(
                new Trace("engine", 1).register(0, TranslationRegister.TTBR0_EL2, ROOT),
                new Trace("qemu", 1).register(0, TranslationRegister.TTBR0_EL2, ROOT));
        assertThat(half.differences()).isEmpty();
        assertThat(half.agree()).isFalse();
    }

    @Test
    void barriersAndWidthsOfStoresMayDiffer() {
        ComparisonResult result =
                compare(boot(new Trace("engine", 1).barrier(0).barrier(0), BLOCK), boot(new Trace("qemu", 1), BLOCK));
        assertThat(result.agree()).isTrue();
    }

    @Test
    void aMissingInvalidateIsNamedWithItsStepAndSymbol() {
        Trace left = boot(new Trace("engine", 1), BLOCK).tlbi(0, TlbOperation.VAE2, Shareability.ISH, 0x402);
        ComparisonResult result = compare(left, boot(new Trace("qemu", 1), BLOCK));
        assertThat(result.agree()).isFalse();
        assertThat(result.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.kind()).isEqualTo(BackendDifference.Kind.TLB_INVALIDATE);
            assertThat(difference.step()).isEqualTo(6);
            assertThat(difference.symbol()).isEqualTo("switch_ttbr+0x88");
            assertThat(difference.left()).isEqualTo("VAE2 ISH 0x402 at 0x262188");
            assertThat(difference.right()).isEqualTo("nothing");
            assertThat(difference.text("engine", "qemu"))
                    .contains("engine: VAE2 ISH 0x402")
                    .contains("qemu: nothing");
        });
    }

    @Test
    void anotherRegisterValueIsADifferenceOnBothSides() {
        Trace left = new Trace("engine", 1).register(0, TranslationRegister.TTBR0_EL2, ROOT);
        Trace right = new Trace("qemu", 1).register(0, TranslationRegister.TTBR0_EL2, ROOT + 0x1000);
        assertThat(compare(left, right).differences())
                .extracting(BackendDifference::left, BackendDifference::right)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("TTBR0_EL2 = 0x40200000 at 0x200564", "nothing"),
                        org.assertj.core.groups.Tuple.tuple("nothing", "TTBR0_EL2 = 0x40201000 at 0x200564"));
    }

    @Test
    void anotherTranslationIsNamedWithBothStates() {
        ComparisonResult result =
                compare(boot(new Trace("engine", 1), BLOCK), boot(new Trace("qemu", 1), BLOCK | 0x80));
        assertThat(result.differences()).isNotEmpty().allSatisfy(difference -> {
            assertThat(difference.kind()).isEqualTo(BackendDifference.Kind.TABLES);
            assertThat(difference.left()).contains("[0x40000000, 0x80000000)");
        });
        assertThat(result.agree()).isFalse();
    }

    @Test
    void tablesOnOtherPagesThatTranslateAlikeAreEqual() {
        long other = ROOT + 0x10_0000;
        Trace right = new Trace("qemu", 1)
                .register(0, TranslationRegister.MAIR_EL2, 0xff)
                .register(0, TranslationRegister.TCR_EL2, 0x8084_3519L)
                .descriptor(other + 8, 0, BLOCK)
                .register(0, TranslationRegister.TTBR0_EL2, other);
        ComparisonResult result = compare(boot(new Trace("engine", 1), BLOCK), right);
        assertThat(result.differences())
                .as("only the root's address and the missing events differ")
                .noneMatch(difference -> difference.kind() == BackendDifference.Kind.TABLES);
    }

    @Test
    void whatHappensAfterTheLastCommonConsoleLineIsLeftOut() {
        Trace left = boot(new Trace("engine", 1), BLOCK).line("Panic on CPU 0:");
        Trace right = boot(new Trace("qemu", 1), BLOCK)
                .line("Panic on CPU 0:")
                .tlbi(0, TlbOperation.VAE2, Shareability.ISH, 0x999)
                .line("Could not set up");
        assertThat(compare(left, right).agree()).isTrue();
    }

    @Test
    void withSeveralPesTheNumberOfPrivateInvalidatesIsFreeButNotTheirPlace() {
        Trace left = boot(new Trace("engine", 2), BLOCK).on(1).tlbi(1, TlbOperation.VAE2, Shareability.NSH, 1);
        Trace right = boot(new Trace("qemu", 2), BLOCK)
                .on(1)
                .tlbi(1, TlbOperation.VAE2, Shareability.NSH, 1)
                .tlbi(1, TlbOperation.VAE2, Shareability.NSH, 7);
        assertThat(compare(left, right).agree()).isTrue();
        Trace without = boot(new Trace("qemu", 2), BLOCK).on(1);
        assertThat(compare(left, without).differences())
                .singleElement()
                .satisfies(difference -> assertThat(difference.pe()).isEqualTo(1));
    }

    @Test
    void withSeveralPesTablesMayDifferOnlyWherePrivateMappingsWereMade() {
        long table = 0x4030_0000L;
        long page = 0x4100_0000L | 0x701;
        // A 2 MiB block at VA 0x40200000, made on the right only and invalidated locally at 0x40200000.
        Trace left = boot(new Trace("engine", 2).descriptor(ROOT + 8, 0, table | 3), table | 3)
                .tlbi(0, TlbOperation.VAE2, Shareability.NSH, 0x40400);
        Trace right = boot(new Trace("qemu", 2).descriptor(ROOT + 8, 0, table | 3), table | 3)
                .descriptor(table + 8, 0, page)
                .tlbi(0, TlbOperation.VAE2, Shareability.NSH, 0x40200);
        assertThat(compare(left, right).differences()).isEmpty();
        right.descriptor(table + 0x28, 0, page);
        assertThat(compare(left, right).differences())
                .extracting(BackendDifference::kind)
                .containsExactly(BackendDifference.Kind.TABLES);
    }

    @Test
    void withSeveralPesBroadcastsStillCountOneByOne() {
        Trace left = boot(new Trace("engine", 2), BLOCK).tlbi(0, TlbOperation.VAE2, Shareability.ISH, 0x402);
        assertThat(compare(left, boot(new Trace("qemu", 2), BLOCK)).agree()).isFalse();
    }

    @Test
    void otherMachinesAreNotCompared() {
        ComparisonResult result = compare(boot(new Trace("engine", 1), BLOCK), boot(new Trace("qemu", 2), BLOCK));
        assertThat(result.agree()).isFalse();
        assertThat(result.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.kind()).isEqualTo(BackendDifference.Kind.SETUP);
            assertThat(difference.symbol()).isEqualTo("number of PEs");
        });
    }

    @Test
    void aTraceWithoutHeaderIsRefused() {
        assertThatThrownBy(() -> BackendComparison.compare(List.of(), List.of(), SYMBOLS))
                .hasMessageContaining("must start with its header");
    }
}
