package dev.breakmake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.breakmake.lab.v1.CreateJobRequest;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.CreateScheduleRequest;
import dev.breakmake.lab.v1.CreateSubscriptionRequest;
import dev.breakmake.lab.v1.GetImageRequest;
import dev.breakmake.lab.v1.GetQueueRequest;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.trace.v1.AppendTraceRequest;
import dev.breakmake.trace.v1.GetTraceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ContractTest {

    private static final Path RELEASED = Path.of("src/test/resources/released/contracts.binpb");

    private static List<FileDescriptor> files() {
        Map<String, FileDescriptor> files = new TreeMap<>();
        for (Descriptor known : List.of(
                CreateJobRequest.getDescriptor(),
                CreateRunRequest.getDescriptor(),
                CreateScheduleRequest.getDescriptor(),
                CreateSubscriptionRequest.getDescriptor(),
                GetImageRequest.getDescriptor(),
                GetQueueRequest.getDescriptor(),
                SyncRunnerRequest.getDescriptor(),
                AppendTraceRequest.getDescriptor(),
                GetTraceRequest.getDescriptor())) {
            collect(known.getFile(), files);
        }
        return List.copyOf(files.values());
    }

    private static void collect(FileDescriptor file, Map<String, FileDescriptor> files) {
        if (file.getPackage().startsWith("breakmake.") && files.put(file.getName(), file) == null) {
            file.getDependencies().forEach(dependency -> collect(dependency, files));
        }
    }

    private static void eachMessage(Consumer<Descriptor> check) {
        files().forEach(file -> file.getMessageTypes().forEach(check));
    }

    @Test
    void the_test_sees_every_contract_file() {
        assertThat(files()).hasSameSizeAs(ProtoSources.files());
    }

    @Test
    void everything_declared_has_a_comment_right_above_it() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path file : ProtoSources.files()) {
            missing.addAll(ProtoSources.uncommented(file));
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void enums_begin_with_unspecified_and_carry_their_name_as_prefix() {
        List<EnumDescriptor> enums = new ArrayList<>();
        files().forEach(file -> enums.addAll(file.getEnumTypes()));
        eachMessage(message -> enums.addAll(message.getEnumTypes()));
        assertThat(enums).isNotEmpty().allSatisfy(type -> {
            String prefix =
                    type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
            assertThat(type.getValues().getFirst().getName()).isEqualTo(prefix + "UNSPECIFIED");
            assertThat(type.getValues().getFirst().getNumber()).isZero();
            assertThat(type.getValues())
                    .allSatisfy(value -> assertThat(value.getName()).startsWith(prefix));
        });
    }

    @Test
    void instants_are_timestamps_and_names_are_snake_case() {
        eachMessage(message -> assertThat(message.getFields())
                .as(message.getFullName())
                .allSatisfy(field -> {
                    assertThat(field.getName()).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*");
                    if (field.getName().endsWith("_time")) {
                        assertThat(field.getMessageType().getFullName())
                                .as(field.getFullName())
                                .isEqualTo("google.protobuf.Timestamp");
                    }
                    assertThat(field.getType())
                            .as(field.getFullName())
                            .isNotIn(FieldDescriptor.Type.FLOAT, FieldDescriptor.Type.GROUP);
                }));
    }

    /** By token; or by step, which never moves once a trace is sealed; or bounded, and then the answer says that it was cut. */
    @Test
    void lists_are_paged_or_bounded_and_never_streamed() {
        List<MethodDescriptor> methods = new ArrayList<>();
        files().forEach(file -> file.getServices().forEach(service -> methods.addAll(service.getMethods())));
        assertThat(methods)
                .filteredOn(method -> method.getName().startsWith("List"))
                .isNotEmpty()
                .allSatisfy(method -> {
                    boolean byToken = hasAll(method.getInputType(), "page_size", "page_token")
                            && hasAll(method.getOutputType(), "next_page_token");
                    boolean byStep = hasAll(method.getInputType(), "page_size", "first_step")
                            && hasAll(method.getOutputType(), "next_step");
                    boolean bounded = hasAll(method.getOutputType(), "truncated");
                    assertThat(byToken || byStep || bounded)
                            .as(method.getFullName())
                            .isTrue();
                    assertThat(method.isServerStreaming())
                            .as(method.getFullName())
                            .isFalse();
                });
    }

    private static boolean hasAll(Descriptor message, String... fields) {
        return List.of(fields).stream().allMatch(name -> message.findFieldByName(name) != null);
    }

    @Test
    void nothing_released_changes_its_number_type_or_name() throws IOException {
        FileDescriptorSet now = FileDescriptorSet.newBuilder()
                .addAllFile(files().stream().map(FileDescriptor::toProto).toList())
                .build();
        if (Boolean.getBoolean("breakmake.release")) {
            Files.createDirectories(RELEASED.getParent());
            Files.write(RELEASED, now.toByteArray());
        }
        FileDescriptorSet released = FileDescriptorSet.parseFrom(Files.readAllBytes(RELEASED));
        assertThat(breaks(released, now)).isEmpty();
    }

    @Test
    void the_comparison_notices_a_reused_number() {
        FieldDescriptorProto name =
                FieldDescriptorProto.newBuilder().setName("name").setNumber(1).build();
        FileDescriptorSet before =
                set(DescriptorProto.newBuilder().setName("M").addField(name).build());
        FileDescriptorSet reused = set(DescriptorProto.newBuilder()
                .setName("M")
                .addField(name.toBuilder().setName("title"))
                .build());
        FileDescriptorSet removed =
                set(DescriptorProto.newBuilder().setName("M").build());
        FileDescriptorSet reserved = set(DescriptorProto.newBuilder()
                .setName("M")
                .addReservedRange(
                        DescriptorProto.ReservedRange.newBuilder().setStart(1).setEnd(2))
                .build());
        assertThat(breaks(before, reused)).hasSize(1).first().asString().contains("M", "1");
        assertThat(breaks(before, removed)).hasSize(1);
        assertThat(breaks(before, reserved)).isEmpty();
    }

    private static FileDescriptorSet set(DescriptorProto message) {
        return FileDescriptorSet.newBuilder()
                .addFile(FileDescriptorProto.newBuilder().setPackage("p").addMessageType(message))
                .build();
    }

    private static List<String> breaks(FileDescriptorSet released, FileDescriptorSet now) {
        List<String> breaks = new ArrayList<>();
        Map<String, DescriptorProto> messages = messages(now);
        messages(released).forEach((name, before) -> {
            DescriptorProto after = messages.get(name);
            if (after == null) {
                breaks.add(name + " is gone");
                return;
            }
            before.getFieldList().forEach(field -> compare(name, field, after, breaks));
        });
        Map<String, EnumDescriptorProto> enums = enums(now);
        enums(released)
                .forEach((name, before) -> before.getValueList().forEach(value -> {
                    EnumDescriptorProto after = enums.getOrDefault(name, EnumDescriptorProto.getDefaultInstance());
                    boolean same = after.getValueList().stream()
                            .anyMatch(v -> v.getNumber() == value.getNumber()
                                    && v.getName().equals(value.getName()));
                    if (!same) {
                        breaks.add(name + "." + value.getName() + " is no longer " + value.getNumber());
                    }
                }));
        return breaks;
    }

    private static void compare(
            String message, FieldDescriptorProto field, DescriptorProto after, List<String> breaks) {
        boolean same = after.getFieldList().stream()
                .anyMatch(f -> f.getNumber() == field.getNumber()
                        && f.getName().equals(field.getName())
                        && f.getType() == field.getType()
                        && f.getTypeName().equals(field.getTypeName())
                        && f.getLabel() == field.getLabel());
        boolean reserved = after.getReservedRangeList().stream()
                .anyMatch(range -> range.getStart() <= field.getNumber() && field.getNumber() < range.getEnd());
        if (!same && !reserved) {
            breaks.add(message + ": number " + field.getNumber() + " (" + field.getName()
                    + ") changed or vanished without being reserved");
        }
    }

    private static Map<String, DescriptorProto> messages(FileDescriptorSet set) {
        Map<String, DescriptorProto> messages = new LinkedHashMap<>();
        set.getFileList()
                .forEach(file -> file.getMessageTypeList()
                        .forEach(message -> messages.put(file.getPackage() + "." + message.getName(), message)));
        return messages;
    }

    private static Map<String, EnumDescriptorProto> enums(FileDescriptorSet set) {
        Map<String, EnumDescriptorProto> enums = new LinkedHashMap<>();
        set.getFileList()
                .forEach(file -> file.getEnumTypeList()
                        .forEach(type -> enums.put(file.getPackage() + "." + type.getName(), type)));
        return enums;
    }
}
