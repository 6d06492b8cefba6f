package dev.breakmake.cli;

import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Patch;
import java.util.List;

/**
 * What a page of docs/series says of its patch in words, and what it shows beside the two boots.
 *
 * @param title of the patch
 * @param changes what it changes
 * @param rule which rule it is about, and what becomes of it
 * @param loadAddress where the difference shows
 * @param shown further commands
 */
record SeriesPage(Patch patch, String title, String changes, String rule, long loadAddress, List<Shown> shown) {

    private static final long USUAL = FlowSpecification.USUAL_LOAD_ADDRESS;
    private static final long WITHIN_RUNTIME = 0x0021_0000L;

    /**
     * A command whose output the page shows.
     *
     * @param why it is shown, as a heading
     * @param command without the program
     * @param dropped operation that {@code --drop} names, {@code routine/operation} with a slot as {@code [*]}; empty if the command has no
     *     mutation
     * @param exitCode it ends with
     */
    record Shown(String why, String command, String dropped, int exitCode) {

        static Shown plain(String why, String command) {
            return new Shown(why, command, "", ExitCode.PASSED);
        }

        static Shown without(String why, String architecture, String operation, int exitCode) {
            return new Shown(why, "flow run %s --preset fixed --pes 1".formatted(architecture), operation, exitCode);
        }
    }

    String name() {
        return "%02d-%s".formatted(patch.number(), patch.id());
    }

    String command(String architecture) {
        return "flow effect %d %s%s"
                .formatted(
                        patch.number(),
                        architecture,
                        loadAddress == USUAL ? "" : " --load-address 0x%x".formatted(loadAddress));
    }

    @Override
    public String toString() {
        return patch.id();
    }

    static List<SeriesPage> all() {
        return List.of(
                new SeriesPage(
                        Patch.CLEAN_LAYOUT,
                        "Clean up the memory layout",
                        "Every region of the address space is defined from the one before it, and sizes have names.",
                        "LAY-OVERLAP (two regions overlap) is satisfied before and after: addresses stay where they were, so"
                                + " the checker must say the same of both boots.",
                        USUAL,
                        List.of(Shown.plain(
                                "The regions of both architectures, checked",
                                "layout check xen-4.17-arm64 xen-4.17-arm32"))),
                new SeriesPage(
                        Patch.JUMP_IN_ENABLE_MMU,
                        "arm32: jump to the runtime mapping in enable_mmu()",
                        "enable_mmu() ends on the runtime mapping; its callers no longer run on the identity map.",
                        "BBM-SELF (code unmaps what it runs on) is what the jump prevents. It is the last operation of"
                                + " enable_mmu in both boots here, since they start from the code after this patch; the last"
                                + " command below leaves it out.",
                        USUAL,
                        List.of(Shown.without(
                                "Without the jump: violated", "arm32", "enable_mmu/branch *", ExitCode.FAILED))),
                new SeriesPage(
                        Patch.FLUSH_HELPER,
                        "arm32: one helper flushes the TLB",
                        "TLBIALLH, DSB NSH and ISB stand in one place.",
                        "MMU-STALE (MMU on with unknown TLB contents) is satisfied at every call of the helper, before and"
                                + " after: the sequence is the same. The last command below leaves its TLBI out.",
                        USUAL,
                        List.of(Shown.without(
                                "Without the TLBI: violated", "arm32", "enable_mmu/tlbi tlbiallh", ExitCode.FAILED))),
                new SeriesPage(
                        Patch.LOAD_ANYWHERE,
                        "arm32: remove the restriction where to load Xen",
                        "An image loaded at 2 to 4 MiB shares its runtime pages with its identity map; a temporary mapping in the"
                                + " domheap area takes the jump.",
                        "LAY-IDCLASH (the identity map lies in a runtime region) is no longer fatal on arm32. Before, the boot"
                                + " gives up while it creates its tables, so that no other rule is reached; after, it boots.",
                        WITHIN_RUNTIME,
                        List.of(Shown.plain(
                                "Every load address around the runtime mapping, before the series and as it ended up",
                                "layout sweep xen-4.17-arm32 xen-4.20-arm32 --from 0x100000 --to 6MiB --step 64KiB"))),
                new SeriesPage(
                        Patch.TEMPORARY_MAPPING,
                        "arm32: widen the use of the temporary mapping",
                        "The temporary mapping is used whenever the load address does not overlap it.",
                        "LAY-IDCLASH again: one path serves (nearly) every load address instead of one for clashes. LIFE-DUP, a"
                                + " warning, is its price: the temporary mapping shares the last table with the runtime mapping.",
                        USUAL,
                        List.of(Shown.plain(
                                "The path of each load address, as it ended up",
                                "layout sweep xen-4.20-arm32 --to 4GiB"))),
                new SeriesPage(
                        Patch.EARLY_WALK,
                        "Enable dump_pt_walk() early during boot",
                        "A walk can be printed before the domheap exists.",
                        "No rule changes: nothing that a rule looks at does. What it is good for shows where MMU-IDPC (MMU on where"
                                + " the code is not mapped) is violated: the walk of the abort, from the first instruction on.",
                        USUAL,
                        List.of(Shown.without(
                                "The earliest abort there can be: the identity map lacks its last link",
                                "arm64",
                                "create_page_tables/store boot_second_id[*]",
                                ExitCode.FAILED))),
                new SeriesPage(
                        Patch.LAYOUT_REWORK,
                        "arm64: rework the memory layout",
                        "Xen moves to slot 4 of the root table: the first 2 TiB stay free for the identity map.",
                        "LAY-IDCLASH (the identity map lies in a runtime region) is satisfied for every load address below 2 TiB."
                                + " Before, the boot gives up at this one; after, it boots, and what it always violated is seen.",
                        WITHIN_RUNTIME,
                        List.of(Shown.plain(
                                "Every load address up to 4 TiB, before and as posted",
                                "layout sweep xen-4.17-arm64 xen-4.18-arm64 --to 4TiB"))),
                new SeriesPage(
                        Patch.LIVE_ROOT,
                        "Allow xen_pt_update() to work with the current root table",
                        "Updates go to the root that TTBR0_EL2 names.",
                        "No rule changes yet: the updates that need it come with patch 11. The last command below shows the case"
                                + " that it prevents: the identity map is missing in the root that becomes live (MMU-IDPC).",
                        USUAL,
                        List.of(Shown.without(
                                "An update that does not reach the root it is meant for: violated",
                                "arm64",
                                "update_identity_mapping/store xen_pgtable[*]",
                                ExitCode.FAILED))),
                new SeriesPage(
                        Patch.WALK_LIVE_ROOT,
                        "Allow dump_hyp_walk() to work on the current root table",
                        "An abort during early boot prints the walk of the live root.",
                        "No rule changes. The last command below aborts while boot_pgtable is live: the walk starts at the root that"
                                + " TTBR0_EL2 names then, not at xen_pgtable.",
                        USUAL,
                        List.of(Shown.without(
                                "The walk of an abort on the live root",
                                "arm64",
                                "update_identity_mapping/store boot_pgtable[*]",
                                ExitCode.FAILED))),
                new SeriesPage(
                        Patch.IDENTITY_HELPERS,
                        "arm64: helpers to prepare, enable and disable the identity mapping",
                        "The identity map of the runtime tables exists only while it is needed.",
                        "LAY-IDLEFT (identity map left in live tables) stays satisfied once patches 11 and 12 use the helpers;"
                                + " alone they change nothing. The last command below leaves the removal out.",
                        USUAL,
                        List.of(Shown.without(
                                "Without the removal: violated",
                                "arm64",
                                "update_identity_mapping/store xen_pgtable[*] (last)",
                                ExitCode.PASSED))),
                new SeriesPage(
                        Patch.SWITCH_TTBR,
                        "arm64: rework switch_ttbr()",
                        "Jump to the identity map, MMU off, TLBI, TTBR0_EL2, MMU on, jump back, identity map out.",
                        "REG-TTBR (the root is replaced while the MMU is on) becomes satisfied on the boot PE of arm64.",
                        USUAL,
                        List.of()),
                new SeriesPage(
                        Patch.SECONDARY_DIRECT,
                        "arm64: secondaries switch directly to the runtime page tables",
                        "Secondaries enable the MMU on the runtime tables through the identity map; they build no boot tables.",
                        "REG-TTBR becomes satisfied on the secondaries of arm64, and with it CMO-PTOFF there: the boot tables are"
                                + " written once, by the boot PE.",
                        USUAL,
                        List.of()));
    }
}
