package dev.breakmake.engine.flow;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Named combinations of options. */
public enum Preset {
    BASE("before the series: Xen 4.14 to 4.17"),
    SERIES("the series as posted (v2)"),
    MERGED("as it ended up, with the barriers that later releases added: Xen 4.20"),
    FIXED("everything, the issues the series left included");

    private final String summary;

    Preset(final String summary) {
        this.summary = summary;
    }

    /** The options of the preset. */
    public Set<Patch> patches() {
        final EnumSet<Patch> patches = EnumSet.noneOf(Patch.class);
        if (this != BASE) {
            for (final Patch patch : Patch.values()) {
                if (patch.number() > 0) {
                    patches.add(patch);
                }
            }
        }
        if (this == MERGED || this == FIXED) {
            patches.add(Patch.INSERT_BARRIERS);
        }
        if (this == FIXED) {
            patches.add(Patch.DOMHEAP_BREAK);
            patches.add(Patch.TABLE_MAINTENANCE);
            patches.add(Patch.SWITCH_HTTBR);
        }
        return Collections.unmodifiableSet(patches);
    }

    /** What it stands for, in a line. */
    public String summary() {
        return summary;
    }

    /** Name on the command line. */
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
