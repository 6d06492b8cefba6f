package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLBI forms of extensions: events on a PE that has them, undefined on one that has not. The words are those binutils assembles. */
class TlbMaintenanceTest {

    private static final PeIdentity MODEL = PeIdentity.cortexA57(false);
    private static final Set<Feature> ALL = Set.of(Feature.TLBI_OS, Feature.TLBI_RANGE, Feature.XS);

    private final List<TranslationEvent> events = new ArrayList<>();

    private Machine executed(final int word, final PeIdentity pes) throws BadImageException {
        final byte[] image = FakeGuest.of(Architecture.AARCH64);
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(0, word);
        final BootSpecification specification =
                BootSpecification.of("tlbi", image, Platform.virt(CpuModel.CORTEX_A57, 1, 64 << 20, 2));
        final BootPlan plan =
                BootPlan.of(specification.platform(), ImageReader.read("tlbi", image, null), specification.options());
        final Machine machine = new Machine(plan, specification, events::add, pes);
        machine.step();
        return machine;
    }

    @ParameterizedTest
    @CsvSource({
        "0xd5088720, VAE1, NSH, false, -",
        "0xd50883a0, VALE1, ISH, false, -",
        "0xd508811f, VMALLE1, OSH, false, TLBI_OS",
        "0xd5088220, RVAE1, ISH, false, TLBI_RANGE",
        "0xd50886e0, RVAALE1, NSH, false, TLBI_RANGE",
        "0xd50c8520, RVAE2, OSH, false, TLBI_OS",
        "0xd50c86a0, RVALE2, NSH, false, TLBI_RANGE",
        "0xd50c8720, VAE2, NSH, false, -",
        "0xd50c811f, ALLE2, OSH, false, TLBI_OS",
        "0xd50c81df, VMALLS12E1, OSH, false, TLBI_OS",
        "0xd50c8020, IPAS2E1, ISH, false, -",
        "0xd50c8400, IPAS2E1, OSH, false, TLBI_OS",
        "0xd50c84a0, IPAS2LE1, NSH, false, -",
        "0xd50c8040, RIPAS2E1, ISH, false, TLBI_RANGE",
        "0xd50c84e0, RIPAS2LE1, OSH, false, TLBI_OS",
        "0xd50c931f, ALLE2, ISH, true, XS",
        "0xd5089720, VAE1, NSH, true, XS",
        "0xd50c9220, RVAE2, ISH, true, TLBI_RANGE",
    })
    void aFormIsAnEventWhereThePeHasItAndUndefinedElsewhere(
            final String word,
            final TlbOperation operation,
            final Shareability shareability,
            final boolean nxs,
            final String needs)
            throws BadImageException {
        final int opcode = Long.decode(word).intValue();

        executed(opcode, MODEL.withFeatures(ALL));

        assertThat(events)
                .filteredOn(TlbInvalidate.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    final TlbInvalidate tlbi = (TlbInvalidate) event;
                    assertThat(tlbi.operation()).isEqualTo(operation);
                    assertThat(tlbi.shareability()).isEqualTo(shareability);
                    assertThat(tlbi.nxs()).isEqualTo(nxs);
                });
        events.clear();
        final Machine plain = executed(opcode, MODEL);
        if (needs.equals("-")) {
            assertThat(events).anyMatch(TlbInvalidate.class::isInstance);
        } else {
            assertThat(events).noneMatch(TlbInvalidate.class::isInstance);
            assertThat(plain.cluster().pe(0).pc).isEqualTo(0x200);
            assertThat(plain.cluster().pe(0).system.get(SystemRegister.ESR_EL2)).isEqualTo(1L << 25);
        }
    }

    @Test
    void dsbWithNxsIsABarrierOfItsOwn() throws BadImageException {
        executed(0xd503_3a3f, MODEL.withFeatures(ALL));

        assertThat(events).filteredOn(Barrier.class::isInstance).singleElement().satisfies(event -> {
            final Barrier barrier = (Barrier) event;
            assertThat(barrier.kind()).isEqualTo(Barrier.Kind.DSB);
            assertThat(barrier.domain()).isEqualTo(Shareability.ISH);
            assertThat(barrier.nxs()).isTrue();
        });
    }
}
