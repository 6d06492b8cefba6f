package dev.breakmake.engine.isa.a64;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.translate.RegionLoader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HotSpot never compiles a method of 8,000 bytecodes or more, and an interpreter that is itself interpreted is useless. */
class HotSpotLimitTest {

    @ParameterizedTest
    @ValueSource(classes = {Interpreter.class, RareOperations.class})
    void everyMethodOfTheInterpreterIsSmallEnoughToBeCompiled(final Class<?> type) throws IOException {
        try (InputStream file = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            assertThat(file).isNotNull();
            for (final MethodModel method :
                    ClassFile.of().parse(file.readAllBytes()).methods()) {
                method.code()
                        .ifPresent(code -> assertThat(((CodeAttribute) code).codeLength())
                                .as(method.methodName().stringValue())
                                .isLessThan(RegionLoader.HOTSPOT_LIMIT));
            }
        }
    }
}
