package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Translates hot code to JVM bytecode. A region is what direct branches reach from its entry within the page, up to a size that
 * HotSpot still compiles; calls, returns, other pages and operations that change what the next instruction means leave it.
 */
final class RegionCompiler {

    /** Instructions of a region at most. */
    private static final int LARGEST = 160;

    /** HotSpot never compiles methods of more bytes. */
    static final int HOTSPOT_LIMIT = 8000;

    private static final ClassDesc REGION = ClassDesc.of(Region.class.getName());
    private static final MethodTypeDesc RUN = MethodTypeDesc.of(
            ConstantDescs.CD_void,
            ClassDesc.of(ProcessingElement.class.getName()),
            ClassDesc.of(MicroOp.class.getName()).arrayType());

    private RegionCompiler() {}

    /** Translates the region at an entry; null if there is nothing worth translating. */
    static @Nullable Region compile(final CodePage code, final int entry) {
        for (int size = LARGEST; size >= 8; size /= 2) {
            final Blocks blocks = discover(code, entry, size);
            if (blocks == null) {
                return null;
            }
            final byte[] bytes = assemble(code, blocks);
            if (bytes.length > 0) {
                return load(bytes);
            }
        }
        return null;
    }

    /** Instructions of a region and which of them begin a block. */
    record Blocks(int entry, BitSet members, TreeSet<Integer> starts) {

        /** Length of the block at a start, in instructions. */
        int length(final CodePage code, final int start) {
            int at = start;
            while (true) {
                final boolean ends = endsBlock(code.op(at).kind);
                at++;
                if (ends || !members.get(at) || starts.contains(at)) {
                    return at - start;
                }
            }
        }
    }

    private static @Nullable Blocks discover(final CodePage code, final int entry, final int size) {
        final BitSet members = new BitSet(1025);
        final TreeSet<Integer> starts = new TreeSet<>();
        final Deque<Integer> todo = new ArrayDeque<>();
        todo.add(entry);
        while (!todo.isEmpty()) {
            int at = todo.poll();
            if (at < 0 || at > 1023 || !translates(code.op(at)) || members.cardinality() >= size && !members.get(at)) {
                continue;
            }
            starts.add(at);
            while (at < 1024 && !members.get(at) && translates(code.op(at)) && members.cardinality() < size) {
                members.set(at);
                final MicroOp op = code.op(at);
                if (isDirectBranch(op.kind)) {
                    final long target = at + (op.imm >> 2);
                    if (target >= 0 && target < 1024) {
                        todo.add((int) target);
                    }
                }
                if (op.kind == Op.B || op.kind == Op.BL || op.kind == Op.BR || op.kind == Op.BLR) {
                    break;
                }
                at++;
                if (isDirectBranch(op.kind)) {
                    todo.add(at);
                    break;
                }
            }
        }
        return members.cardinality() < 3 ? null : new Blocks(entry, members, starts);
    }

    static boolean isDirectBranch(final int kind) {
        return kind >= Op.B && kind <= Op.TBNZ;
    }

    static boolean endsBlock(final int kind) {
        return kind >= Op.B && kind <= Op.BLR;
    }

    private static boolean translates(final MicroOp op) {
        if (op.kind == Op.SYSTEM) {
            return SystemOperations.keepsContext(op);
        }
        if (op.kind == Op.MEMORY) {
            return MemoryOperations.namesItsRegisters(op);
        }
        return op.kind != Op.END_OF_PAGE && op.kind != Op.BREAKPOINT;
    }

    private static byte[] assemble(final CodePage code, final Blocks blocks) {
        final ClassDesc self = ClassDesc.of(Region.class.getPackageName() + ".Translated");
        final int[] size = new int[1];
        final byte[] bytes = ClassFile.of(ClassFile.StackMapsOption.STACK_MAPS_WHEN_REQUIRED)
                .build(self, type -> {
                    type.withFlags(AccessFlag.FINAL, AccessFlag.SUPER);
                    type.withInterfaceSymbols(REGION);
                    type.withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            ClassFile.ACC_PUBLIC,
                            body -> body.aload(0)
                                    .invokespecial(
                                            ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                    .return_());
                    type.withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, body -> {
                        new RegionAssembler(body, code, blocks).assemble();
                    });
                });
        ClassFile.of()
                .parse(bytes)
                .methods()
                .forEach(method -> method.code()
                        .ifPresent(c -> size[0] =
                                Math.max(size[0], ((java.lang.classfile.attribute.CodeAttribute) c).codeLength())));
        return size[0] >= HOTSPOT_LIMIT ? new byte[0] : bytes;
    }

    private static Region load(final byte[] bytes) {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return (Region) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (final Throwable broken) {
            throw new IllegalStateException("translated code does not load", broken);
        }
    }
}
