package dev.breakmake.engine.isa.a32;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;

/**
 * Bytecode of what locks and per-PE data are made of: barriers, exclusives, SEV and the hypervisor's thread pointer, as static calls
 * with their operands. Their registers need not go through memory, as those of other operations executed outside do.
 */
final class CallAssembler {

    private final Frame f;
    private final CodeBuilder c;

    CallAssembler(final Frame frame) {
        this.f = frame;
        this.c = frame.c;
    }

    /**
     * Appends the call.
     *
     * @param pushWhere pushes the instruction's address and the count of instructions before it
     * @return false if the operation is none of these, and nothing was appended
     */
    boolean assemble(final Instruction i, final int place, final Runnable pushWhere) {
        if (!isCall(i)) {
            return false;
        }
        c.aload(Frame.STATE_LOCAL);
        switch (i.operation) {
            case DMB, DSB -> {
                c.loadConstant(i.opcode & 15);
                call(i.operation == Operation.DMB ? "dmb" : "dsb", CD_void, 1, pushWhere);
            }
            case SEV -> call("sendEvent", CD_void, 0, pushWhere);
            case LDREX, LDREXB, LDREXH -> {
                f.get(i.n, place);
                c.loadConstant(size(i.operation));
                call("loadExclusive", CD_int, 2, pushWhere);
                f.set(i.d);
            }
            case STREX, STREXB, STREXH -> {
                f.get(i.n, place);
                f.get(i.m, place);
                c.loadConstant(size(i.operation));
                call("storeExclusive", CD_int, 3, pushWhere);
                f.set(i.d);
            }
            case MRC -> {
                call("threadPointer", CD_int, 0, pushWhere);
                f.set(i.d);
            }
            default -> throw new IllegalStateException(i.operation + " is no call");
        }
        return true;
    }

    private static boolean isCall(final Instruction i) {
        return switch (i.operation) {
            case DMB, DSB, SEV, LDREX, LDREXB, LDREXH, STREX, STREXB, STREXH -> true;
            case MRC -> Cp15.of(Coprocessors.key(i)) == Cp15.HTPIDR;
            default -> false;
        };
    }

    private static int size(final Operation operation) {
        return switch (operation) {
            case LDREXB, STREXB -> 1;
            case LDREXH, STREXH -> 2;
            default -> 4;
        };
    }

    private void call(final String name, final ClassDesc result, final int operands, final Runnable pushWhere) {
        pushWhere.run();
        final ClassDesc[] parameters = new ClassDesc[operands + 3];
        Arrays.fill(parameters, CD_int);
        parameters[0] = Frame.STATE;
        parameters[operands + 2] = CD_long;
        f.support(name, MethodTypeDesc.of(result, parameters));
    }
}
