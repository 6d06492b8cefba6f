package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Mistakes people make with an operation: something like it in its place. */
public enum Replacement {
    /** A descriptor with the next page as its output. */
    OTHER_PAGE {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Store s && s.index() >= 0 && s.value() != 0
                    ? new Effect.Store(s.object(), s.index(), s.va(), s.pa(), s.value() + page)
                    : null;
        }
    },
    /** A descriptor stored in two halves. */
    TWO_HALVES {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Store s && s.index() >= 0 ? new Effect.TornStore(s) : null;
        }
    },
    /** A TLB invalidate of EL1's regime. */
    OTHER_REGIME {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            if (!(effect instanceof Effect.Tlbi t)) {
                return null;
            }
            final TlbOperation other = switch (t.operation()) {
                case ALLE2 -> TlbOperation.ALLE1;
                case TLBIALLH -> TlbOperation.TLBIALLNSNH;
                case TLBIMVAH -> TlbOperation.TLBIMVA;
                default -> null;
            };
            return other == null ? null : new Effect.Tlbi(other, t.operand(), t.shareability());
        }
    },
    /** A TLB invalidate of this PE only. */
    LOCAL {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Tlbi t && t.shareability() != Shareability.NSH
                    ? new Effect.Tlbi(t.operation(), t.operand(), Shareability.NSH)
                    : null;
        }
    },
    /** A DSB that waits for stores only. */
    STORES_ONLY {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Fence f && f.types() == AccessTypes.ALL
                    ? new Effect.Fence(f.complete(), f.domain(), AccessTypes.ST)
                    : null;
        }
    },
    /** A DSB for this PE only. */
    NON_SHAREABLE {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Fence f && f.domain() != Shareability.NSH
                    ? new Effect.Fence(f.complete(), Shareability.NSH, f.types())
                    : null;
        }
    },
    /** A DMB, which orders and completes nothing. */
    DMB {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Fence f && f.complete()
                    ? new Effect.Fence(false, f.domain(), f.types())
                    : null;
        }
    },
    /** A clean where lines must be invalidated. */
    CLEAN {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Maintain m && m.operation() != CacheOperation.DC_CVAC
                    ? new Effect.Maintain(CacheOperation.DC_CVAC, m.object(), m.va(), m.pa(), m.bytes())
                    : null;
        }
    },
    /** Cache maintenance of the next page's lines. */
    OTHER_LINES {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            return effect instanceof Effect.Maintain m
                    ? new Effect.Maintain(m.operation(), m.object(), m.va() + page, m.pa() + page, m.bytes())
                    : null;
        }
    },
    /** Another value of a register: a root one page on, caches left off, walks or memory not cacheable. */
    OTHER_VALUE {
        @Override
        public @Nullable Effect of(final Effect effect, final long page) {
            if (!(effect instanceof Effect.Register r)) {
                return null;
            }
            return new Effect.Register(r.register(), r.value() ^ wrongBits(r.register(), page));
        }
    };

    private static final long CACHE_ENABLE = 1L << 2;

    /** IRGN0 and ORGN0 from write-back to non-cacheable. */
    private static final long WALK_CACHEABILITY = 0x500;

    /**
     * What is executed in place of an operation, or null if the mistake cannot be made with it.
     *
     * @param page bytes of a page of the flow's granule
     */
    public abstract @Nullable Effect of(Effect effect, long page);

    /** Name on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static long wrongBits(final TranslationRegister register, final long page) {
        return switch (register) {
            case TTBR0_EL2, HTTBR -> page;
            case SCTLR_EL2, HSCTLR -> CACHE_ENABLE;
            case TCR_EL2, HTCR -> WALK_CACHEABILITY;
            // The attributes that normal memory uses become Device-nGnRnE.
            case MAIR_EL2 -> 0xff00_0000_0000_0000L;
            default -> 0xff00_0000L;
        };
    }
}
