package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;

/** The processors a platform can be built with; their identification registers are the PE's business. */
public enum CpuModel {
    /** Armv8.0, both execution states; entered in AArch64 EL2. */
    CORTEX_A57("arm,cortex-a57", Architecture.AARCH64, 44),
    /** Armv7-A with Virtualization Extensions and LPAE; entered in Hyp mode. */
    CORTEX_A15("arm,cortex-a15", Architecture.AARCH32, 40),
    /** The same with the Security Extensions: entered in Secure Supervisor mode, with nobody to answer its SMCs. */
    CORTEX_A15_SECURE("arm,cortex-a15", Architecture.AARCH32, 40);

    private final String compatible;
    private final Architecture architecture;
    private final int paBits;

    CpuModel(String compatible, Architecture architecture, int paBits) {
        this.compatible = compatible;
        this.architecture = architecture;
        this.paBits = paBits;
    }

    /** The model that boots images of an architecture. */
    public static CpuModel of(Architecture architecture) {
        return switch (architecture) {
            case AARCH64 -> CORTEX_A57;
            case AARCH32 -> CORTEX_A15;
        };
    }

    /** Device tree {@code compatible} string. */
    public String compatible() {
        return compatible;
    }

    /** Execution state at hand-over. */
    public Architecture architecture() {
        return architecture;
    }

    /** Implemented physical address size in bits. */
    public int paBits() {
        return paBits;
    }
}
