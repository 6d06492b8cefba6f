package dev.breakmake.engine.machine;

import java.util.Locale;

/** What the machine's TLBs do where the architecture leaves a choice. */
public enum TlbPolicy {
    /** A changed descriptor or root is seen at once, as QEMU's TLB nearly always shows it. */
    FLUSH_EAGERLY,
    /** Translations stay until a TLB invalidate that covers them is completed. */
    KEEP_STALE,
    /** As {@link #KEEP_STALE}, and an older translation wins over a newer one. */
    PREFER_OLD,
    /** Two translations for one address raise a TLB conflict abort. */
    CONFLICT_ABORT;

    /** Name for people and scripts, e.g. {@code keep-stale}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
