package dev.breakmake.engine.translate;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes and loads the class of a region. */
public final class RegionLoader {

    /** HotSpot never compiles methods of more bytes. */
    public static final int HOTSPOT_LIMIT = 8000;

    /** Field of a region with its constants, an array of objects. */
    public static final String CONSTANTS = "constants";

    private static final ClassDesc OBJECTS = ConstantDescs.CD_Object.arrayType();

    private RegionLoader() {}

    /** Name of the class being written, in the package of the lookup. */
    public static ClassDesc name(final MethodHandles.Lookup lookup) {
        return ClassDesc.of(lookup.lookupClass().getPackageName() + ".Translated");
    }

    /**
     * Loads a region.
     *
     * @param lookup of a class in the package whose helpers the region calls
     * @param region abstract class of such regions, with one abstract method, {@code void run}
     * @param operand its parameter
     * @param writer writes the method's body and returns the objects it takes as constants
     * @return the region, or null if HotSpot would never compile it
     */
    public static <R> @Nullable R load(
            final MethodHandles.Lookup lookup,
            final Class<R> region,
            final Class<?> operand,
            final Function<CodeBuilder, Object[]> writer) {
        final ClassDesc self = name(lookup);
        final ClassDesc base = ClassDesc.of(region.getName());
        final MethodTypeDesc run = MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of(operand.getName()));
        final Object[][] constants = new Object[1][];
        final byte[] bytes;
        try {
            bytes = ClassFile.of(ClassFile.StackMapsOption.STACK_MAPS_WHEN_REQUIRED)
                    .build(self, type -> {
                        type.withFlags(AccessFlag.FINAL, AccessFlag.SUPER);
                        type.withSuperclass(base);
                        type.withField(CONSTANTS, OBJECTS, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
                        type.withMethodBody(
                                ConstantDescs.INIT_NAME,
                                MethodTypeDesc.of(ConstantDescs.CD_void, OBJECTS),
                                ClassFile.ACC_PUBLIC,
                                body -> body.aload(0)
                                        .invokespecial(base, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                        .aload(0)
                                        .aload(1)
                                        .putfield(self, CONSTANTS, OBJECTS)
                                        .return_());
                        type.withMethodBody(
                                "run", run, ClassFile.ACC_PUBLIC, body -> constants[0] = writer.apply(body));
                    });
        } catch (final IllegalArgumentException tooLarge) {
            return null;
        }
        return size(bytes) >= HOTSPOT_LIMIT ? null : region.cast(define(lookup, bytes, constants[0]));
    }

    private static int size(final byte[] bytes) {
        int largest = 0;
        for (final var method : ClassFile.of().parse(bytes).methods()) {
            if (method.code().isPresent() && method.code().get() instanceof final CodeAttribute code) {
                largest = Math.max(largest, code.codeLength());
            }
        }
        return largest;
    }

    private static Object define(final MethodHandles.Lookup lookup, final byte[] bytes, final Object[] constants) {
        try {
            final MethodHandles.Lookup hidden = lookup.defineHiddenClass(bytes, true);
            return hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class, Object[].class))
                    .invoke(constants);
        } catch (final Throwable broken) {
            throw new IllegalStateException("translated code does not load", broken);
        }
    }
}
