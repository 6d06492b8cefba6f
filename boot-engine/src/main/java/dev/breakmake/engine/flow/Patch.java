package dev.breakmake.engine.flow;

/** The decisions of the series "Don't switch TTBR while the MMU is on" that change what a boot does, and the two issues it left. */
public enum Patch {
    CLEAN_LAYOUT(1, "clean-layout", "every region is defined from the one before it"),
    JUMP_IN_ENABLE_MMU(2, "jump-in-enable-mmu", "arm32: enable_mmu ends on the runtime mapping"),
    FLUSH_HELPER(3, "flush-helper", "arm32: one helper flushes the local TLB"),
    LOAD_ANYWHERE(4, "load-anywhere", "arm32: a temporary mapping lets Xen be loaded where its runtime mapping lies"),
    TEMPORARY_MAPPING(
            5,
            "temporary-mapping",
            "arm32: the temporary mapping is used whenever the load address does not overlap it"),
    EARLY_WALK(6, "early-walk", "a walk can be printed before the domheap exists"),
    LAYOUT_REWORK(7, "layout-rework", "arm64: the first 2 TiB stay free for the identity map"),
    LIVE_ROOT(8, "live-root", "updates go to the root that is live"),
    WALK_LIVE_ROOT(9, "walk-live-root", "an abort prints the walk of the root that is live"),
    IDENTITY_HELPERS(10, "identity-helpers", "arm64: helpers prepare, enable and disable the identity map"),
    SWITCH_TTBR(11, "switch-ttbr", "arm64: the root is switched from the identity map with the MMU off"),
    SECONDARY_DIRECT(12, "secondary-direct", "arm64: secondaries enable the MMU on the runtime tables"),
    INSERT_BARRIERS(0, "insert-barriers", "after the series: inserts are followed by DSB and ISB"),
    DOMHEAP_BREAK(0, "domheap-break", "left by the series, arm32: a domheap slot is replaced by break-before-make"),
    TABLE_MAINTENANCE(
            0,
            "table-maintenance",
            "left by the series: lines of tables written with the cache off are invalidated before the MMU goes on"),
    SWITCH_HTTBR(0, "switch-httbr", "not in the series, arm32: HTTBR is switched with the MMU off too");

    private final int number;
    private final String id;
    private final String summary;

    Patch(final int number, final String id, final String summary) {
        this.number = number;
        this.id = id;
        this.summary = summary;
    }

    /** Number in the series, 1 to 12; 0 for what is not part of it. */
    public int number() {
        return number;
    }

    /** Name on the command line. */
    public String id() {
        return id;
    }

    /** What it decides, in a line. */
    public String summary() {
        return summary;
    }

    /**
     * The patch of a name or number.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Patch of(final String text) {
        for (final Patch patch : values()) {
            if (patch.id.equals(text) || patch.number != 0 && text.equals(Integer.toString(patch.number))) {
                return patch;
            }
        }
        final StringBuilder known = new StringBuilder();
        for (final Patch patch : values()) {
            known.append(known.isEmpty() ? "" : ", ").append(patch.id);
        }
        throw new IllegalArgumentException(
                "no option '%s'; options are %s, a patch number 1 to 12, or one of %s with a value"
                        .formatted(text, known, String.join(", ", TableOptions.NAMES)));
    }
}
