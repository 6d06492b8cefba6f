package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The domheap of arm32 Xen on the real image: a hash table of 2 MiB mappings whose unused slots are given to another frame without
 * break-before-make. Two frames meet in a slot when they are a multiple of 2 GiB apart.
 */
class DomheapTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final AddressRange DOMHEAP = new AddressRange(0x8000_0000L, 0x1_0000_0000L);
    private static final long FRAME = 0xff_ffe0_0000L;

    /** What one boot did to the domheap's slots, seen in its events alone, and what the checker says. */
    private static final class Watched {

        final List<DescriptorWrite> replaced = new ArrayList<>();
        final List<DescriptorWrite> filled = new ArrayList<>();
        final SymbolSource symbols;
        int halfWords;
        final Checker checker;

        Watched(final SymbolSource symbols) {
            this.symbols = symbols;
            this.checker = new Checker(CheckerOptions.defaults().withSymbols(symbols));
        }

        void accept(final TranslationEvent event) {
            checker.accept(event);
            if (event instanceof final DescriptorWrite write && isSlot(write)) {
                final boolean otherFrame = ((write.oldDescriptor() ^ write.newDescriptor()) & FRAME) != 0;
                if (write.size() == 2 && !otherFrame) {
                    halfWords++;
                } else if ((write.oldDescriptor() & 1) == 0) {
                    filled.add(write);
                } else if (otherFrame) {
                    replaced.add(write);
                }
            }
        }

        private boolean isSlot(final DescriptorWrite write) {
            final SymbolSource.CodeSymbol symbol = symbols.at(write.pc());
            return symbol != null && symbol.toString().matches("(map|unmap)_domain_page\\+.*");
        }

        List<Finding> findings(final Predicate<Finding> which) {
            return checker.finish().stream().filter(which).toList();
        }
    }

    private static Watched boot(final String version, final long memory, final int pes, final String dom0Memory) {
        // The module blocks the 512 MiB below 2 GiB, so that dom0 gets frames that lie 2 GiB below its second-level
        // tables.
        final BootModule dom0 = new BootModule(
                "dom0",
                BootModule.Kind.KERNEL,
                FakeGuest.of(Architecture.AARCH32),
                "console=hvc0",
                memory > GIB ? 0x6000_0000L : BootModule.ANYWHERE);
        final BootSpecification specification = BootSpecification.of(
                        "xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A15, pes, memory, 2))
                .withOptions(BootOptions.DEFAULT.withModules(List.of(dom0)).withBootArguments("dom0_mem=" + dom0Memory))
                .withUntil(new Until.GuestEntry());
        final Watched watched = new Watched(XenImages.symbols(version));
        final BootResult result = Boot.run(specification, watched::accept);
        assertThat(result.kind()).as(result.message() + result.console()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console()).contains("Freed ").contains("init memory");
        return watched;
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-armhf", "4.17-armhf"})
    void withFourGigabytesSlotsAreReplacedAliveAndEachIsFound(final String version) {
        final Watched watched = boot(version, 4 * GIB, 1, "512M");

        assertThat(watched.replaced).isNotEmpty();
        final List<Finding> found = watched.findings(f -> f.rule() == RuleId.BBM_OA);
        assertThat(found).hasSize(1);
        final Finding finding = found.getFirst();
        final DescriptorWrite first = watched.replaced.getFirst();
        assertThat(finding.count()).isEqualTo(watched.replaced.size());
        assertThat(finding.symbol()).startsWith("map_domain_page+");
        assertThat(finding.pc()).isEqualTo(first.pc());
        assertThat(finding.regime()).isEqualTo("Hyp");
        assertThat(finding.oldValue())
                .isNotNull()
                .satisfies(old -> assertThat(old.value() & FRAME).isEqualTo(first.oldDescriptor() & FRAME));
        assertThat(finding.newValue())
                .isNotNull()
                .satisfies(fresh -> assertThat(fresh.value() & FRAME).isEqualTo(first.newDescriptor() & FRAME));
        assertThat(finding.evidence()).containsEntry("sharing", "single-PE");
        // The slot is the frame's number modulo 1024, so that its address says which one it is.
        final long slot = DOMHEAP.start() + (first.newDescriptor() & FRAME) % (2 * GIB);
        assertThat(finding.vaRanges()).anyMatch(range -> range.contains(slot)).allMatch(DOMHEAP::intersects);
        for (final DescriptorWrite write : watched.replaced) {
            assertThat(((write.oldDescriptor() ^ write.newDescriptor()) & FRAME) % (2 * GIB))
                    .isZero();
        }
        onlyReplacementIsFound(watched);
    }

    @ParameterizedTest
    @CsvSource({"4.14-armhf, 512, 2", "4.17-armhf, 512, 1", "4.17-armhf, 2048, 2", "4.17-armhf, 3072, 1"})
    void withLessMemoryNoSlotIsReplacedAndNothingIsFound(final String version, final long mib, final int pes) {
        final Watched watched = boot(version, mib * MIB, pes, "64M");

        assertThat(watched.replaced).isEmpty();
        assertThat(watched.filled).isNotEmpty();
        assertThat(watched.findings(f -> f.rule() == RuleId.BBM_OA)).isEmpty();
        onlyReplacementIsFound(watched);
    }

    /** Reference counts are half-words of live descriptors: no finding names their writer or any other rule about the domheap. */
    private static void onlyReplacementIsFound(final Watched watched) {
        assertThat(watched.halfWords).isGreaterThan(1000);
        assertThat(watched.findings(f -> f.rule() != RuleId.BBM_OA
                        && f.symbol() != null
                        && f.symbol().matches("(map|unmap)_domain_page\\+.*")))
                .isEmpty();
    }
}
