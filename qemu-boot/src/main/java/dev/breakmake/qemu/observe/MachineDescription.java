package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.gdb.TargetRegister;
import dev.breakmake.qemu.gdb.ThreadId;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Feature;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What QEMU's CPU model says about itself in its identification registers.
 *
 * @param idRegisters by Arm ARM name
 * @param features features the rules ask about
 * @param bbmLevel FEAT_BBM level
 * @param cacheLineBytes data cache line size in bytes
 * @param paBits physical address size in bits
 */
record MachineDescription(
        SortedMap<String, Long> idRegisters, Set<Feature> features, int bbmLevel, int cacheLineBytes, int paBits) {

    /** AArch32 with the long descriptor format has 40-bit physical addresses (Arm ARM G5.5). */
    private static final int AARCH32_PA_BITS = 40;

    private static final int[] PA_BITS = {32, 36, 40, 42, 44, 48, 52, 56};

    /** Reads the registers of a stopped thread. */
    static MachineDescription read(GdbClient gdb, ThreadId thread, Architecture architecture) throws IOException {
        SortedMap<String, Long> values = new TreeMap<>();
        for (TargetRegister register : gdb.description().registers().values()) {
            String name = register.name();
            if (name.contains("RESERVED") || register.bits() > 64) {
                continue;
            }
            switch (name) {
                case "CTR_EL0", "CTR", "MIDR_EL1", "MIDR", "REVIDR_EL1" ->
                    values.put(name, gdb.readRegister(thread, register));
                // QEMU shows the reset value of MIDR_EL1 only through the register that a hypervisor copies it to.
                case "VPIDR_EL2" -> values.put("MIDR_EL1", gdb.readRegister(thread, register));
                default -> {
                    if (name.startsWith("ID_")) {
                        values.put(name, gdb.readRegister(thread, register));
                    }
                }
            }
        }
        boolean a64 = architecture == Architecture.AARCH64;
        long ctr = values.getOrDefault(a64 ? "CTR_EL0" : "CTR", 4L << 16);
        return new MachineDescription(
                values,
                features(values, ctr, a64),
                (int) field(values, "ID_AA64MMFR2_EL1", 52),
                4 << (ctr >>> 16 & 15),
                a64 ? PA_BITS[(int) field(values, "ID_AA64MMFR0_EL1", 0) & 7] : AARCH32_PA_BITS);
    }

    private static Set<Feature> features(SortedMap<String, Long> values, long ctr, boolean a64) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        if (!a64) {
            return features;
        }
        String mmfr0 = "ID_AA64MMFR0_EL1";
        String mmfr1 = "ID_AA64MMFR1_EL1";
        String mmfr2 = "ID_AA64MMFR2_EL1";
        long tlb = field(values, "ID_AA64ISAR0_EL1", 56);
        add(features, Feature.ETS2, field(values, mmfr1, 36) >= 2);
        add(features, Feature.HAFDBS_AF, field(values, mmfr1, 0) >= 1);
        add(features, Feature.HAFDBS_DBM, field(values, mmfr1, 0) >= 2);
        add(features, Feature.VHE, field(values, mmfr1, 8) >= 1);
        add(features, Feature.LPA, field(values, mmfr0, 0) == 6);
        add(features, Feature.LPA2, field(values, mmfr0, 28) == 1);
        add(features, Feature.TTCNP, field(values, mmfr2, 0) >= 1);
        add(features, Feature.TTL, field(values, mmfr2, 48) >= 1);
        add(features, Feature.TLBI_OS, tlb >= 1);
        add(features, Feature.TLBI_RANGE, tlb >= 2);
        add(features, Feature.XS, field(values, "ID_AA64ISAR1_EL1", 56) >= 1);
        add(features, Feature.N_TLBPA, field(values, mmfr1, 48) >= 1);
        add(features, Feature.S2FWB, field(values, mmfr2, 40) >= 1);
        add(features, Feature.XNX, field(values, mmfr1, 28) >= 1);
        add(features, Feature.HPDS, field(values, mmfr1, 12) >= 1);
        add(features, Feature.VMID16, field(values, mmfr1, 4) == 2);
        add(features, Feature.ASID16, field(values, mmfr0, 4) == 2);
        add(features, Feature.CTR_IDC, (ctr >>> 28 & 1) != 0);
        add(features, Feature.CTR_DIC, (ctr >>> 29 & 1) != 0);
        return features;
    }

    private static void add(Set<Feature> features, Feature feature, boolean present) {
        if (present) {
            features.add(feature);
        }
    }

    private static long field(SortedMap<String, Long> values, String register, int low) {
        return values.getOrDefault(register, 0L) >>> low & 15;
    }
}
