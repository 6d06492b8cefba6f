package dev.breakmake.engine.flow;

/** The routines of a flow; each has its own place in the code pages, so that a PC names it. */
public enum Routine {
    START("start"),
    CPU_INIT("cpu_init"),
    CREATE_PAGE_TABLES("create_page_tables"),
    ENABLE_MMU("enable_mmu"),
    REMOVE_IDENTITY("remove_identity_mapping"),
    TEMPORARY("setup_temporary_mapping"),
    REMOVE_TEMPORARY("remove_temporary_mapping"),
    SETUP_FIXMAP("setup_fixmap"),
    EARLY_FDT_MAP("early_fdt_map"),
    SETUP_PAGETABLES("setup_pagetables"),
    UPDATE_IDENTITY("update_identity_mapping"),
    SWITCH_TTBR("switch_ttbr"),
    SWITCH_TTBR_ID("switch_ttbr_id"),
    ENFORCE_WNX("xen_pt_enforce_wnx"),
    SETUP_DIRECTMAP("setup_directmap_mappings"),
    MAP_DOMAIN_PAGE("map_domain_page"),
    INIT_SECONDARY("init_secondary_pagetables"),
    SMP_START("start_secondary"),
    IDLE("idle_loop");

    private static final int BYTES = 0x180;

    private final String symbol;

    Routine(final String symbol) {
        this.symbol = symbol;
    }

    /** Its name in traces and findings. */
    public String symbol() {
        return symbol;
    }

    /** Offset of the routine from the start of the image, in bytes. */
    public long offset() {
        return (long) ordinal() * BYTES;
    }

    /** Bytes of code space of each routine. */
    static int bytes() {
        return BYTES;
    }
}
