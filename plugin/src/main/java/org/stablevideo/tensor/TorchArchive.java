package org.stablevideo.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive with one class, {@code Network}, whose methods are given as text and whose one attribute is the dictionary of weights
 * {@code w : Dict[str, Tensor]}, empty at first.
 *
 * <p>The archive is a zip without compression: {@code version}, {@code constants.pkl} (an empty tuple), {@code code/__torch__.py} (the class)
 * and {@code data.pkl}, a pickle of protocol 2 that makes one object of the class. The pickle's words used here: {@code 80} protocol, {@code c}
 * global, {@code )} empty tuple, {@code 81} new object, {@code }} empty dictionary, {@code X} text, {@code 88/89} true/false, {@code 86} pair,
 * {@code R} call, {@code u} set items after the mark {@code (}, {@code b} build, {@code .} end.
 */
final class TorchArchive {

    private static final String HEAD =
            """
            class Network(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              w : Dict[str, Tensor]
            """;

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

    private TorchArchive() {}

    /**
     * The bytes of an archive.
     *
     * @param methods method definitions without indentation; each takes {@code self}
     */
    static byte[] of(String methods) {
        byte[] data = new TorchArchive().emptyNetwork();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", data);
            store(zip, "code/__torch__.py", utf8(HEAD + methods.indent(2)));
            store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "version", utf8("10\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private byte[] emptyNetwork() {
        words(0x80, 2);
        global("__torch__", "Network");
        words(')', 0x81, '}', '(');
        text("training");
        words(0x89);
        text("w");
        global("torch.jit._pickle", "restore_type_tag");
        words('}');
        text("Dict[str, Tensor]");
        words(0x86, 'R');
        words('u', 'b', '.');
        return pickle.toByteArray();
    }

    private void words(int... words) {
        for (int word : words) {
            pickle.write(word);
        }
    }

    private void global(String module, String name) {
        words('c');
        pickle.writeBytes(utf8(module + "\n" + name + "\n"));
    }

    private void text(String text) {
        byte[] bytes = utf8(text);
        words('X', bytes.length & 255, bytes.length >> 8 & 255, bytes.length >> 16 & 255, bytes.length >> 24 & 255);
        pickle.writeBytes(bytes);
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry("network/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setTime(0);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
