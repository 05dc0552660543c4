package org.stablevideo.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Names a clip by its content: SHA-256 of its length and of its first and last MiB, so that a copy or a move keeps its name. */
final class ContentHash {

    private static final int PART = 1 << 20;
    private static final int DIGITS = 32;

    private ContentHash() {}

    /** Hash of a file, of a picture sequence by its files, or of the resource text where it names no file. */
    static String of(String resource) throws IOException {
        MessageDigest digest = sha256();
        List<Path> files = PictureSequence.files(resource);
        if (!files.isEmpty()) {
            digest.update(ByteBuffer.allocate(4).putInt(0, files.size()));
            for (Path file : files) {
                digest.update(ByteBuffer.allocate(8).putLong(0, Files.size(file)));
            }
            add(digest, files.get(0));
            add(digest, files.get(files.size() - 1));
        } else if (isFile(resource)) {
            add(digest, Path.of(resource));
        } else {
            digest.update(resource.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    static boolean isFile(String resource) {
        try {
            return Files.isRegularFile(Path.of(resource));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static void add(MessageDigest digest, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            digest.update(ByteBuffer.allocate(8).putLong(0, size));
            digest.update(read(channel, 0, Math.min(size, PART)));
            digest.update(read(channel, Math.max(0, size - PART), Math.min(size, PART)));
        }
    }

    private static ByteBuffer read(FileChannel channel, long from, long count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) count);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
            // until everything is there or the file ends
        }
        return bytes.flip();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
