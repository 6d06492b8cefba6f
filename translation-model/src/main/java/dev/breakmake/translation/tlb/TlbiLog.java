package dev.breakmake.translation.tlb;

import dev.breakmake.translation.event.TlbOperation;
import java.util.Arrays;

/** The last invalidates of the run: needed only when something stayed held, to say which of them should have removed it. */
public final class TlbiLog {
    private static final int SIZE = 256;
    private static final int FIRST_SIZE = 16;
    private static final TlbOperation[] OPERATIONS = TlbOperation.values();

    private long[] time = new long[FIRST_SIZE];
    private long[] pc = new long[FIRST_SIZE];
    private long[] operand = new long[FIRST_SIZE];
    private long[] start = new long[FIRST_SIZE];
    private long[] last = new long[FIRST_SIZE];
    private int[] vmid = new int[FIRST_SIZE];
    private int[] asid = new int[FIRST_SIZE];
    private byte[] operation = new byte[FIRST_SIZE];
    private byte[] pe = new byte[FIRST_SIZE];
    private byte[] flags = new byte[FIRST_SIZE];
    private byte[] hint = new byte[FIRST_SIZE];
    private byte[] granule = new byte[FIRST_SIZE];
    private long[][] barriers;
    private final int peCount;
    private int next;
    private int count;

    TlbiLog(int peCount) {
        this.peCount = peCount;
        barriers = new long[FIRST_SIZE][peCount];
    }

    /** Before the ring closes for the first time its entries lie in the order they came. */
    private void grow() {
        int size = 2 * count;
        time = Arrays.copyOf(time, size);
        pc = Arrays.copyOf(pc, size);
        operand = Arrays.copyOf(operand, size);
        start = Arrays.copyOf(start, size);
        last = Arrays.copyOf(last, size);
        vmid = Arrays.copyOf(vmid, size);
        asid = Arrays.copyOf(asid, size);
        operation = Arrays.copyOf(operation, size);
        pe = Arrays.copyOf(pe, size);
        flags = Arrays.copyOf(flags, size);
        hint = Arrays.copyOf(hint, size);
        granule = Arrays.copyOf(granule, size);
        barriers = Arrays.copyOf(barriers, size);
        for (int i = count; i < size; i++) {
            barriers[i] = new long[peCount];
        }
        next = count;
    }

    void add(Scope scope) {
        if (count == time.length && count < SIZE) {
            grow();
        }
        int i = next;
        System.arraycopy(scope.barriers, 0, barriers[i], 0, barriers[i].length);
        time[i] = scope.time;
        pc[i] = scope.pc;
        operand[i] = scope.operand;
        start[i] = scope.start;
        last[i] = scope.last;
        vmid[i] = scope.vmid;
        asid[i] = scope.asid;
        operation[i] = (byte) scope.operation.ordinal();
        pe[i] = (byte) scope.pe;
        hint[i] = (byte) scope.levelHint;
        granule[i] = (byte) scope.granuleHint;
        flags[i] = (byte) ((scope.shared ? 1 : 0)
                | (scope.hypervisor ? 2 : 0)
                | (scope.guestStage1 ? 4 : 0)
                | (scope.stage2 ? 8 : 0)
                | (scope.combined ? 16 : 0)
                | (scope.byAddress ? 32 : 0)
                | (scope.lastLevel ? 64 : 0));
        next = (next + 1) & (time.length - 1);
        if (count < SIZE) {
            count++;
        }
    }

    /** Number of invalidates remembered. */
    public int size() {
        return count;
    }

    private int at(int age) {
        return (next - 1 - age) & (time.length - 1);
    }

    /** Time of the invalidate {@code age} back; 0 is the newest. */
    public long time(int age) {
        return time[at(age)];
    }

    /** Its instruction address. */
    public long pc(int age) {
        return pc[at(age)];
    }

    /** Its PE. */
    public int pe(int age) {
        return pe[at(age)];
    }

    /** Its operation. */
    public TlbOperation operation(int age) {
        return OPERATIONS[operation[at(age)]];
    }

    /** Its raw operand. */
    public long operand(int age) {
        return operand[at(age)];
    }

    /** Whether it was broadcast. */
    public boolean shared(int age) {
        return (flags[at(age)] & 1) != 0;
    }

    /** Fills a scope with it again. */
    void restore(int age, Scope scope) {
        int i = at(age);
        scope.operation = OPERATIONS[operation[i]];
        scope.time = time[i];
        scope.barriers = barriers[i];
        scope.pc = pc[i];
        scope.operand = operand[i];
        scope.start = start[i];
        scope.last = last[i];
        scope.vmid = vmid[i];
        scope.asid = asid[i];
        scope.pe = pe[i];
        scope.levelHint = hint[i];
        scope.granuleHint = granule[i];
        int f = flags[i];
        scope.shared = (f & 1) != 0;
        scope.hypervisor = (f & 2) != 0;
        scope.guestStage1 = (f & 4) != 0;
        scope.stage2 = (f & 8) != 0;
        scope.combined = (f & 16) != 0;
        scope.byAddress = (f & 32) != 0;
        scope.lastLevel = (f & 64) != 0;
    }
}
