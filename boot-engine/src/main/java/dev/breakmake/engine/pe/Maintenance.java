package dev.breakmake.engine.pe;

import static dev.breakmake.engine.pe.SystemRegister.*;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationUse;

/** Barriers, TLB and cache maintenance, address translation and zeroing instructions of a PE, each with its event. */
public final class Maintenance {

    private Maintenance() {}

    /** DSB or DMB. */
    public static void barrier(
            final ProcessingElement pe,
            final Barrier.Kind kind,
            final Shareability domain,
            final Barrier.AccessTypes types,
            final boolean nxs) {
        if (types != Barrier.AccessTypes.LD) {
            pe.barrierEpoch++;
        }
        pe.cluster().emitter().barrier(pe, kind, domain, types, nxs);
        if (kind == Barrier.Kind.DSB && types != Barrier.AccessTypes.LD) {
            pe.dsbs++;
            final TlbAdversary adversary = pe.cluster().adversary();
            if (adversary != null && types == Barrier.AccessTypes.ALL) {
                adversary.complete(pe, domain != Shareability.NSH);
            }
        }
    }

    /** ISB. */
    public static void synchronizeContext(final ProcessingElement pe) {
        pe.cluster().emitter().contextSynchronization(pe, ContextSynchronization.Cause.ISB);
    }

    /** A TLB invalidate. */
    public static void invalidateTlb(
            final ProcessingElement pe,
            final TlbOperation operation,
            final long operand,
            final Shareability shareability,
            final boolean nxs) {
        pe.cluster().emitter().tlbInvalidate(pe, operation, operand, shareability, nxs);
        final TlbAdversary adversary = pe.cluster().adversary();
        if (adversary != null) {
            adversary.invalidate(pe, operation, operand, shareability);
        }
    }

    /** Data or instruction cache maintenance by address; the address must translate. */
    public static void maintainLine(final ProcessingElement pe, final CacheOperation operation, final long va) {
        final int bytes = pe.cacheLineBytes;
        final long line = va & -(long) bytes;
        final long pa;
        try {
            pa = pe.mmu.translate(line, false, TranslationUse.Kind.WALK);
        } catch (final GuestFault fault) {
            throw GuestFault.abort(
                    false,
                    fault.iss & 0x3f,
                    true,
                    va,
                    fault.ipa,
                    GuestFault.CM | (fault.toEl2 ? GuestFault.STAGE2 : 0) | fault.iss & GuestFault.S1PTW);
        }
        pe.cluster().emitter().cacheMaintenance(pe, operation, line, pa, bytes);
    }

    /** Cache or branch predictor maintenance of a whole cache or by set and way. */
    public static void maintainAll(final ProcessingElement pe, final CacheOperation operation, final long operand) {
        pe.cluster().emitter().cacheMaintenance(pe, operation, operand, -1, 0);
    }

    /** DC ZVA. */
    public static void zeroBlock(final ProcessingElement pe, final long va) {
        final int bytes = pe.zeroBlockBytes;
        pe.mmu.zero(va & -(long) bytes, bytes);
    }

    /**
     * AT: translates an address as another level would and leaves the answer in PAR_EL1.
     *
     * @param level level the access is made as: 0, 1 or 2
     * @param write whether a store is asked about
     * @param stage2 whether stage 2 is applied too
     */
    public static void translateAddress(
            final ProcessingElement pe, final long va, final int level, final boolean write, final boolean stage2) {
        final Walk walk = pe.mmu.walker();
        int status = walk.walk(va, level, stage2);
        if (status < 0 && !(write ? walk.writable : walk.readable)) {
            status = Walk.PERMISSION + walk.level;
        }
        if (status >= 0) {
            final long second = walk.faultStage2 ? 1L << 9 : 0;
            final long onWalk = walk.faultOnWalk ? 1L << 8 : 0;
            pe.system.set(PAR_EL1, 1 | (long) status << 1 | 1L << 11 | second | onWalk);
            return;
        }
        if (pe.cluster().emitter().enabled() && walk.use != null) {
            final int index = (int) walk.descriptorPa >>> 3 & 511;
            if (walk.use.firstUse(pe.id, false, index, walk.stamp)) {
                pe.cluster()
                        .emitter()
                        .translationUse(
                                pe,
                                TranslationUse.Kind.WALK,
                                va,
                                false,
                                walk.level,
                                walk.descriptorPa,
                                walk.descriptor);
            }
        }
        pe.system.set(
                PAR_EL1,
                walk.pa & 0xffff_ffff_f000L
                        | 1L << 11
                        | 1L << 9
                        | (long) walk.shareability << 7
                        | (long) walk.attributes << 56);
    }

    /** Loads for a load-exclusive and arms the monitor. */
    public static long loadExclusive(final ProcessingElement pe, final long va, final int size) {
        checkAligned(va, size, false);
        final long value = pe.mmu.read(va, size);
        pe.exclusivePa = pe.mmu.translate(va, false, TranslationUse.Kind.LOAD);
        pe.exclusiveSize = size;
        pe.exclusiveLow = value;
        return value;
    }

    /** Second word of a load-exclusive pair of 8-byte registers. */
    public static long loadExclusiveHigh(final ProcessingElement pe, final long va) {
        final long value = pe.mmu.load(va + 8, 8);
        pe.exclusiveHigh = value;
        pe.exclusiveSize = 16;
        return value;
    }

    /** Whether a store-exclusive to the address succeeds now; closes the monitor. */
    public static boolean exclusivePasses(final ProcessingElement pe, final long va, final int size) {
        checkAligned(va, size, true);
        final long pa = pe.mmu.translate(va, true, TranslationUse.Kind.STORE);
        final boolean armed = pe.exclusivePa == pa && pe.exclusiveSize == size;
        pe.exclusivePa = -1;
        if (!armed) {
            return false;
        }
        if (size == 16) {
            return pe.mmu.read(va, 8) == pe.exclusiveLow && pe.mmu.read(va + 8, 8) == pe.exclusiveHigh;
        }
        return pe.mmu.read(va, size) == pe.exclusiveLow;
    }

    /** CLREX. */
    public static void clearExclusive(final ProcessingElement pe) {
        pe.exclusivePa = -1;
    }

    /**
     * Atomics, exclusives and ordered accesses must be naturally aligned.
     *
     * @throws GuestFault an alignment fault
     */
    public static void checkAligned(final long va, final int size, final boolean write) {
        if ((va & size - 1) != 0) {
            throw GuestFault.abort(false, Walk.ALIGNMENT, write, va, 0, 0);
        }
    }
}
