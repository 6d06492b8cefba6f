package dev.breakmake.engine.pe;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Identity of a PE: what its identification registers say and which features follow from them.
 *
 * @param name name as in a device tree or on QEMU's command line
 * @param identification identification registers; those of the identification space that are absent read as zero
 * @param features features the translation rules ask about
 * @param paBits implemented physical address size in bits
 * @param atomics whether FEAT_LSE instructions exist; else they are undefined
 */
public record PeIdentity(
        String name, Map<SystemRegister, Long> identification, Set<Feature> features, int paBits, boolean atomics) {

    public PeIdentity {
        identification = Map.copyOf(identification);
        features = Set.copyOf(features);
    }

    /** Cortex-A57 r1p0 without EL3, as QEMU's {@code virt} machine with {@code virtualization=on} presents it. */
    public static PeIdentity cortexA57(final boolean gicSystemRegisters) {
        final Map<SystemRegister, Long> id = new EnumMap<>(SystemRegister.class);
        id.put(SystemRegister.MIDR_EL1, 0x411f_d070L);
        id.put(SystemRegister.ID_PFR0_EL1, 0x131L);
        id.put(SystemRegister.ID_PFR1_EL1, gicSystemRegisters ? 0x1001_1001L : 0x1_1001L);
        id.put(SystemRegister.ID_DFR0_EL1, 0x0301_0006L);
        id.put(SystemRegister.ID_MMFR0_EL1, 0x1010_1105L);
        id.put(SystemRegister.ID_MMFR1_EL1, 0x4000_0000L);
        id.put(SystemRegister.ID_MMFR2_EL1, 0x0126_0000L);
        id.put(SystemRegister.ID_MMFR3_EL1, 0x0210_2211L);
        id.put(SystemRegister.ID_ISAR0_EL1, 0x0210_1110L);
        id.put(SystemRegister.ID_ISAR1_EL1, 0x1311_2111L);
        id.put(SystemRegister.ID_ISAR2_EL1, 0x2123_2042L);
        id.put(SystemRegister.ID_ISAR3_EL1, 0x0111_2131L);
        id.put(SystemRegister.ID_ISAR4_EL1, 0x0001_1142L);
        id.put(SystemRegister.ID_ISAR5_EL1, 0x0001_1121L);
        id.put(SystemRegister.MVFR0_EL1, 0x1011_0222L);
        id.put(SystemRegister.MVFR1_EL1, 0x1211_1111L);
        id.put(SystemRegister.MVFR2_EL1, 0x43L);
        id.put(SystemRegister.ID_AA64PFR0_EL1, gicSystemRegisters ? 0x0100_0222L : 0x222L);
        id.put(SystemRegister.ID_AA64DFR0_EL1, 0x1030_5106L);
        id.put(SystemRegister.ID_AA64ISAR0_EL1, 0x1_1120L);
        id.put(SystemRegister.ID_AA64MMFR0_EL1, 0x1124L);
        id.put(SystemRegister.CTR_EL0, 0x8444_c004L);
        id.put(SystemRegister.CLIDR_EL1, 0x0a20_0023L);
        id.put(SystemRegister.DCZID_EL0, 4L);
        return new PeIdentity("cortex-a57", id, Set.of(), 44, false);
    }

    /** Cortex-A15 r4p0 without EL3, as QEMU's {@code virt} machine with {@code virtualization=on} presents it. */
    public static PeIdentity cortexA15() {
        final Map<SystemRegister, Long> id = new EnumMap<>(SystemRegister.class);
        id.put(SystemRegister.MIDR_EL1, 0x414f_c0f0L);
        id.put(SystemRegister.ID_PFR0_EL1, 0x1131L);
        id.put(SystemRegister.ID_PFR1_EL1, 0x1_1001L);
        id.put(SystemRegister.ID_DFR0_EL1, 0x0201_0505L);
        id.put(SystemRegister.ID_MMFR0_EL1, 0x1020_1105L);
        id.put(SystemRegister.ID_MMFR1_EL1, 0x2000_0000L);
        id.put(SystemRegister.ID_MMFR2_EL1, 0x0124_0000L);
        id.put(SystemRegister.ID_MMFR3_EL1, 0x0210_2211L);
        id.put(SystemRegister.ID_ISAR0_EL1, 0x0210_1110L);
        id.put(SystemRegister.ID_ISAR1_EL1, 0x1311_2111L);
        id.put(SystemRegister.ID_ISAR2_EL1, 0x2123_2041L);
        id.put(SystemRegister.ID_ISAR3_EL1, 0x1111_2131L);
        id.put(SystemRegister.ID_ISAR4_EL1, 0x1001_1142L);
        id.put(SystemRegister.MVFR0_EL1, 0x1011_0222L);
        id.put(SystemRegister.MVFR1_EL1, 0x1111_1111L);
        id.put(SystemRegister.CTR_EL0, 0x8444_c004L);
        id.put(SystemRegister.CLIDR_EL1, 0x0a20_0023L);
        return new PeIdentity("cortex-a15", id, Set.of(), 40, false);
    }

    /** Cortex-A15 with EL3, as {@code secure=on} presents it. */
    public static PeIdentity cortexA15Secure() {
        return cortexA15().with(SystemRegister.ID_PFR1_EL1, 0x1_1011L);
    }

    /** The same with another value of an identification register. */
    public PeIdentity with(final SystemRegister register, final long value) {
        final Map<SystemRegister, Long> id = new EnumMap<>(identification);
        id.put(register, value);
        return new PeIdentity(name, id, features, paBits, atomics);
    }

    /** The same with other features. */
    public PeIdentity withFeatures(final Set<Feature> others) {
        return new PeIdentity(name, identification, others, paBits, atomics);
    }

    /** The same with the atomics of FEAT_LSE and the load-acquire of FEAT_LRCPC. */
    public PeIdentity withAtomics() {
        return new PeIdentity(name, identification, features, paBits, true);
    }

    /** Smallest data cache line in bytes (CTR_EL0.DminLine). */
    public int cacheLineBytes() {
        return 4 << ((id(SystemRegister.CTR_EL0) >>> 16) & 15);
    }

    /** Bytes a DC ZVA clears (DCZID_EL0.BS). */
    public int zeroBlockBytes() {
        return 4 << (id(SystemRegister.DCZID_EL0) & 15);
    }

    /** Value of an identification register; zero if this model does not set it. */
    public long id(final SystemRegister register) {
        return identification.getOrDefault(register, 0L);
    }

    /**
     * The first event of a run: what this model is, and what boot protocols promise at hand-over.
     *
     * @param ram RAM, ascending
     * @param regions where the image and its modules are
     * @param backend name and version of what executes
     * @param interleaving how the PEs take turns
     */
    public TraceHeader header(
            final Architecture architecture,
            final int pes,
            final List<AddressRange> ram,
            final List<NamedRegion> regions,
            final String backend,
            final String interleaving) {
        final SortedMap<String, Long> registers = new TreeMap<>();
        identification.forEach((register, value) -> registers.put(register.name(), value));
        return new TraceHeader(
                architecture,
                pes,
                registers,
                features,
                0,
                cacheLineBytes(),
                paBits,
                ram,
                regions,
                new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.CLEAN_STALE, HandOver.LineState.UNKNOWN),
                backend,
                Set.of(),
                interleaving);
    }
}
