package dev.breakmake.engine.flow;

/** The decisions of the series "Don't switch TTBR while the MMU is on" that change what a boot does, and the two issues it left. */
public enum Patch {
    /** 1: every region is defined from the one before it. */
    CLEAN_LAYOUT(1, "clean-layout"),
    /** 2, arm32: enable_mmu ends on the runtime mapping. */
    JUMP_IN_ENABLE_MMU(2, "jump-in-enable-mmu"),
    /** 3, arm32: one helper flushes the local TLB. */
    FLUSH_HELPER(3, "flush-helper"),
    /** 4, arm32: a temporary mapping lets Xen be loaded where its runtime mapping lies. */
    LOAD_ANYWHERE(4, "load-anywhere"),
    /** 5, arm32: the temporary mapping is used whenever the load address does not overlap it. */
    TEMPORARY_MAPPING(5, "temporary-mapping"),
    /** 6: a walk can be printed before the domheap exists. */
    EARLY_WALK(6, "early-walk"),
    /** 7, arm64: the first 2 TiB stay free for the identity map. */
    LAYOUT_REWORK(7, "layout-rework"),
    /** 8: updates go to the root that is live. */
    LIVE_ROOT(8, "live-root"),
    /** 9: an abort prints the walk of the root that is live. */
    WALK_LIVE_ROOT(9, "walk-live-root"),
    /** 10, arm64: helpers prepare, enable and disable the identity map. */
    IDENTITY_HELPERS(10, "identity-helpers"),
    /** 11, arm64: the root is switched from the identity map with the MMU off. */
    SWITCH_TTBR(11, "switch-ttbr"),
    /** 12, arm64: secondaries enable the MMU on the runtime tables. */
    SECONDARY_DIRECT(12, "secondary-direct"),
    /** After the series: inserts are followed by DSB and ISB. */
    INSERT_BARRIERS(0, "insert-barriers"),
    /** Left by the series, arm32: a domheap slot is replaced by break-before-make. */
    DOMHEAP_BREAK(0, "domheap-break"),
    /** Left by the series: lines of tables written with the cache off are invalidated before the MMU goes on. */
    TABLE_MAINTENANCE(0, "table-maintenance"),
    /** Not in the series, arm32: HTTBR is switched with the MMU off too. */
    SWITCH_HTTBR(0, "switch-httbr");

    private final int number;
    private final String id;

    Patch(final int number, final String id) {
        this.number = number;
        this.id = id;
    }

    /** Number in the series, 1 to 12; 0 for what is not part of it. */
    public int number() {
        return number;
    }

    /** Name on the command line. */
    public String id() {
        return id;
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
                "no option '%s'; options are %s, or a patch number 1 to 12".formatted(text, known));
    }
}
