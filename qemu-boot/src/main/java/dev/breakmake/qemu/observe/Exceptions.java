package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.gdb.TargetRegister;
import dev.breakmake.qemu.observe.EventWriter.Place;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.walk.MemoryView;
import dev.breakmake.translation.walk.Walker;
import java.io.IOException;
import java.util.List;

/** Describes exceptions to the hypervisor's level, seen at its vectors. */
final class Exceptions {

    private final GdbClient gdb;
    private final MemoryView memory;
    private final boolean a64;
    private final EventWriter events;

    Exceptions(GdbClient gdb, MemoryView memory, Architecture architecture, EventWriter events) {
        this.gdb = gdb;
        this.memory = memory;
        this.a64 = architecture == Architecture.AARCH64;
        this.events = events;
    }

    /** Address a PE that stands at a vector will return to; A32's registers do not tell, the vector itself then. */
    long from(PeView pe, long vector) throws IOException {
        return a64 ? read(pe, "ELR_EL2") : vector;
    }

    /** Reports the exception a PE took that stands at a vector; returns where it was taken from. */
    Place taken(PeView pe, long vector, long from) throws IOException {
        int offset = (int) (vector & (a64 ? 0x7ff : 0x1f));
        // Vectors 0x000 and 0x200 of A64 are taken from EL2 itself, the upper half from below; A32 vectors do not tell.
        ExceptionLevel source = a64 && offset >= 0x400 ? ExceptionLevel.EL1 : ExceptionLevel.EL2;
        Place at = new Place(pe.index(), from, source);
        boolean synchronous = a64 ? (offset & 0x1ff) / 0x80 == 0 : offset != 0x18 && offset != 0x1c;
        long syndrome = synchronous ? read(pe, "ESR_EL2") : 0;
        long faultAddress = 0;
        long faultIpa = 0;
        List<WalkStep> walk = List.of();
        if (synchronous && isAbort(syndrome)) {
            faultAddress = read(pe, "FAR_EL2");
            if (source == ExceptionLevel.EL2) {
                walk = new Walker(pe.hypervisor(), memory).walk(faultAddress).toEventSteps();
            } else {
                faultIpa = (read(pe, a64 ? "HPFAR_EL2" : "HPFAR") >>> 4 << 12) | (faultAddress & 0xfff);
                walk = new Walker(pe.stage2(), memory).walk(faultIpa).toEventSteps();
            }
        }
        events.exceptionTaken(at, ExceptionLevel.EL2, syndrome, faultAddress, faultIpa, offset, walk);
        events.contextSynchronization(at, ContextSynchronization.Cause.EXCEPTION_ENTRY);
        return at;
    }

    /** Instruction and data aborts from a lower and from the same level (ESR.EC). */
    private static boolean isAbort(long syndrome) {
        int exceptionClass = (int) (syndrome >>> 26) & 0x3f;
        return exceptionClass == 0x20 || exceptionClass == 0x21 || exceptionClass == 0x24 || exceptionClass == 0x25;
    }

    private long read(PeView pe, String name) throws IOException {
        TargetRegister register = gdb.description().register(name).orElse(null);
        return register == null ? 0 : gdb.readRegister(pe.thread(), register);
    }
}
