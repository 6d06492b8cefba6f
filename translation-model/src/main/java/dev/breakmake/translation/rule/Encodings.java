package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;
import org.jspecify.annotations.Nullable;

/** ENC-*: descriptors whose bits the architecture reserves, or gives a meaning no hypervisor wants (Arm ARM D8.3, G5.5). */
public final class Encodings {
    private static final long TABLE_IGNORED = 0xffcL | 0xffL << 51;
    private static final long UPPER_ADDRESS = 3L << 48;
    private static final int LAST_DEVICE = 0x0c;

    private final Machine machine;

    /** Judges the descriptors of a machine. */
    public Encodings(Machine machine) {
        this.machine = machine;
    }

    /** A descriptor that walks may read. */
    public void appeared(TableSlice slice, int word, long descriptor, int pe, long pc) {
        Geometry geometry = slice.tree().geometry();
        int level = slice.level();
        DescriptorFormat format = geometry.format();
        int kind = geometry.kind(descriptor, level);
        if (kind != Geometry.INVALID && !machine.sees(Capability.SETUP)) {
            // Sizes and attributes of such a trace are not those of a machine.
            return;
        }
        switch (kind) {
            case Geometry.INVALID -> {
                RuleId rule = level == 3 ? RuleId.ENC_L3_01 : level <= 0 ? RuleId.ENC_L0BLK : RuleId.ENC_BLKSZ;
                report(rule, null, slice, word, descriptor, pe, pc, "the encoding is reserved at level " + level);
            }
            case Geometry.TABLE -> {
                if (format.addressTooLarge(descriptor)) {
                    report(
                            RuleId.ENC_OA,
                            null,
                            slice,
                            word,
                            descriptor,
                            pe,
                            pc,
                            "the table lies beyond the output size");
                }
                if ((descriptor & TABLE_IGNORED) != 0) {
                    report(RuleId.ENC_TBLIGN, null, slice, word, descriptor, pe, pc, "ignored bits are set");
                }
            }
            default -> leaf(slice, word, descriptor, pe, pc);
        }
    }

    private void leaf(TableSlice slice, int word, long descriptor, int pe, long pc) {
        Geometry geometry = slice.tree().geometry();
        DescriptorFormat format = geometry.format();
        int level = slice.level();
        Regime regime = geometry.regime();
        if (format.addressTooLarge(descriptor)) {
            report(
                    RuleId.ENC_OA,
                    null,
                    slice,
                    word,
                    descriptor,
                    pe,
                    pc,
                    "the output address lies beyond the output size");
        } else if (format.addressReservedBits(descriptor, level)) {
            boolean upper = geometry.format().outputBits() <= 48 && (descriptor & UPPER_ADDRESS) != 0;
            report(
                    upper ? RuleId.ENC_HI : RuleId.ENC_OA,
                    null,
                    slice,
                    word,
                    descriptor,
                    pe,
                    pc,
                    upper
                            ? "reserved bits above the address are set"
                            : "the output address is not aligned to the leaf");
        }
        if (!format.accessFlag(descriptor) && !geometry.accessFlagIgnored() && regime.singlePrivilege()) {
            report(
                    RuleId.ENC_AF,
                    null,
                    slice,
                    word,
                    descriptor,
                    pe,
                    pc,
                    "the access flag is clear and hardware does not set it");
        }
        int type = format.memoryType(descriptor);
        if (type == MemoryType.RESERVED) {
            report(
                    regime.stage2() ? RuleId.ENC_S2ENC : RuleId.ENC_ATTRIDX,
                    null,
                    slice,
                    word,
                    descriptor,
                    pe,
                    pc,
                    "the memory attributes it selects are reserved");
        }
        if (regime.stage2()) {
            if (format.shareability(descriptor) == 1) {
                report(
                        RuleId.ENC_S2ENC,
                        null,
                        slice,
                        word,
                        descriptor,
                        pe,
                        pc,
                        "the shareability encoding is reserved");
            }
            return;
        }
        if (!regime.singlePrivilege()) {
            return;
        }
        singlePrivilege(slice, word, descriptor, type, pe, pc);
    }

    private void singlePrivilege(TableSlice slice, int word, long descriptor, int type, int pe, long pc) {
        Geometry geometry = slice.tree().geometry();
        DescriptorFormat format = geometry.format();
        if ((descriptor & 1L << 6) == 0) {
            report(RuleId.ENC_AP1, null, slice, word, descriptor, pe, pc, "AP[1] is RES1 with one privilege level");
        }
        if ((descriptor & 1L << 5) != 0) {
            report(RuleId.ENC_NS, null, slice, word, descriptor, pe, pc, "NS is set in a Non-secure regime");
        }
        int permissions = format.permissions(descriptor);
        boolean executable = Permissions.executable(permissions);
        if (executable && type <= LAST_DEVICE) {
            report(RuleId.ENC_XDEV, null, slice, word, descriptor, pe, pc, "Device memory is executable");
        }
        if (executable && Permissions.writable(permissions)) {
            boolean never =
                    machine.pe(pe).registers().configuration(geometry.regime()).writeExecuteNever();
            report(
                    RuleId.ENC_WX,
                    never ? null : Severity.LINT,
                    slice,
                    word,
                    descriptor,
                    pe,
                    pc,
                    never ? "writable and executable, although WXN takes execution away" : "writable and executable");
        }
        if (format.aarch32() && type == MemoryType.NORMAL_NC && (descriptor >>> 8 & 3) != 2) {
            report(
                    RuleId.ENC_SHNC,
                    null,
                    slice,
                    word,
                    descriptor,
                    pe,
                    pc,
                    "Non-cacheable memory is not Outer Shareable");
        }
    }

    /** Every descriptor of a tree that goes on. */
    void enabled(Tree tree, int pe, long pc) {
        table(tree.root(), pe, pc);
    }

    private void table(@Nullable TableSlice group, int pe, long pc) {
        for (TableSlice s = group; s != null; s = s.nextInGroup()) {
            Frame frame = s.frame();
            int end = s.endWord();
            for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                long descriptor = frame.word(w);
                if ((descriptor & 1) == 0) {
                    continue;
                }
                long writer = frame.writer(w);
                appeared(s, w, descriptor, pe, writer == 0 ? pc : writer);
                if (s.tree().geometry().kind(descriptor, s.level()) == Geometry.TABLE) {
                    table(machine.mayHold().forest().child(s, w, descriptor), pe, pc);
                }
            }
        }
    }

    private void report(
            RuleId rule,
            @Nullable Severity grade,
            TableSlice slice,
            int word,
            long descriptor,
            int pe,
            long pc,
            String what) {
        Tree tree = slice.tree();
        Violation violation = machine.reporter()
                .report(rule, grade, Machine.place(tree, slice.level(), pc, 1L << pe, slice.input(word)));
        if (violation != null) {
            violation
                    .after(descriptor, Machine.text(tree.geometry(), slice.level(), descriptor))
                    .message(
                            "descriptor 0x%x at 0x%x: %s",
                            descriptor, slice.frame().address() + 8L * word, what);
        }
    }
}
