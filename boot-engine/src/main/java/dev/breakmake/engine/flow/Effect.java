package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.Locale;

/** What one architectural operation of a flow does. */
public sealed interface Effect {

    /** How people name it, e.g. {@code dsb nsh}, {@code msr TTBR0_EL2}, {@code store boot_third[3]}. */
    String name();

    /**
     * A store of 8 bytes.
     *
     * @param object table or variable
     * @param index entry of a table, -1 for a variable
     * @param va address the flow uses
     * @param pa where that is in memory
     * @param value what is stored
     */
    record Store(String object, long index, long va, long pa, long value) implements Effect {
        @Override
        public String name() {
            return index < 0 ? "store " + object : "store " + object + "[" + index + "]";
        }
    }

    /** A store of 8 bytes in two halves, the lower one first: what {@code str} pairs make of it on AArch32. */
    record TornStore(Store whole) implements Effect {
        @Override
        public String name() {
            return whole.name() + " in two halves";
        }
    }

    /** A load of 8 bytes. */
    record Load(String object, long va) implements Effect {
        @Override
        public String name() {
            return "load " + object;
        }
    }

    /** A write of a translation register, MSR or MCR. */
    record Register(TranslationRegister register, long value) implements Effect {
        @Override
        public String name() {
            return "msr " + register;
        }
    }

    /** A TLB invalidate. */
    record Tlbi(TlbOperation operation, long operand, Shareability shareability) implements Effect {
        @Override
        public String name() {
            final String suffix = shareability == Shareability.NSH ? "" : "is";
            return "tlbi " + operation.name().toLowerCase(Locale.ROOT) + suffix;
        }
    }

    /** A barrier; {@code complete} for DSB, else DMB. */
    record Fence(boolean complete, Shareability domain, AccessTypes types) implements Effect {
        @Override
        public String name() {
            final String suffix = types == AccessTypes.ALL ? "" : types.name().toLowerCase(Locale.ROOT);
            return (complete ? "dsb " : "dmb ") + domain.name().toLowerCase(Locale.ROOT) + suffix;
        }
    }

    /** ISB. */
    record Isb() implements Effect {
        @Override
        public String name() {
            return "isb";
        }
    }

    /** Cache maintenance of the lines of a range. */
    record Maintain(CacheOperation operation, String object, long va, long pa, long bytes) implements Effect {
        @Override
        public String name() {
            return operation.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + object;
        }
    }

    /** A branch to a routine through the mapping that has the image at {@code image}. */
    record Branch(Routine target, long image) implements Effect {
        @Override
        public String name() {
            return "branch 0x" + Long.toHexString(image + target.offset());
        }
    }

    /** What a PE does when it is done: wait, which needs its code only. */
    record Idle() implements Effect {
        @Override
        public String name() {
            return "wfi";
        }
    }
}
