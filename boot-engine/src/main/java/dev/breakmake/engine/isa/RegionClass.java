package dev.breakmake.engine.isa;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes a hidden class with one method: how translated code becomes something to call. */
public final class RegionClass {

    /** HotSpot never compiles methods of more bytes. */
    public static final int HOTSPOT_LIMIT = 8000;

    private RegionClass() {}

    /**
     * Defines and instantiates a class that implements an interface by one method.
     *
     * @param lookup of a class in the package that sees everything the method uses
     * @param functional the interface
     * @param run type of its method, whose name is {@code run}
     * @param body writes the method
     * @return the instance, or null if the method would be too large for HotSpot to compile
     */
    public static @Nullable Object define(
            final MethodHandles.Lookup lookup,
            final ClassDesc functional,
            final MethodTypeDesc run,
            final Consumer<CodeBuilder> body) {
        final ClassDesc self = ClassDesc.of(lookup.lookupClass().getPackageName() + ".Translated");
        final byte[] bytes;
        try {
            bytes = ClassFile.of(ClassFile.StackMapsOption.STACK_MAPS_WHEN_REQUIRED)
                    .build(self, type -> {
                        type.withFlags(AccessFlag.FINAL, AccessFlag.SUPER);
                        type.withInterfaceSymbols(functional);
                        type.withMethodBody(
                                ConstantDescs.INIT_NAME,
                                ConstantDescs.MTD_void,
                                ClassFile.ACC_PUBLIC,
                                constructor -> constructor
                                        .aload(0)
                                        .invokespecial(
                                                ConstantDescs.CD_Object,
                                                ConstantDescs.INIT_NAME,
                                                ConstantDescs.MTD_void)
                                        .return_());
                        type.withMethodBody("run", run, ClassFile.ACC_PUBLIC, body);
                    });
        } catch (final IllegalArgumentException tooLarge) {
            // A method beyond 64 KiB cannot even be written.
            return null;
        }
        final int size = ClassFile.of().parse(bytes).methods().stream()
                .flatMap(method -> method.code().stream())
                .mapToInt(code -> ((CodeAttribute) code).codeLength())
                .max()
                .orElse(0);
        return size >= HOTSPOT_LIMIT ? null : instantiate(lookup, bytes);
    }

    private static Object instantiate(final MethodHandles.Lookup lookup, final byte[] bytes) {
        try {
            final MethodHandles.Lookup hidden = lookup.defineHiddenClass(bytes, true);
            return hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (final Throwable broken) {
            throw new IllegalStateException("translated code does not load", broken);
        }
    }
}
