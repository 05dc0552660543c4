package org.stablevideo.atlas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * The blocks of an atlas file before compression; {@link AtlasFile} gives their layout.
 *
 * @param bytes the blocks in file order
 */
record AtlasBlocks(List<byte[]> bytes) {

    static AtlasBlocks of(Atlas atlas) {
        List<byte[]> blocks = new ArrayList<>();
        blocks.add(head(atlas));
        blocks.add(HealthBlock.bytes(atlas.quality().health()));
        for (Layer layer : atlas.layers()) {
            blocks.add(GridBlock.mapping(layer.mapping()));
            blocks.add(planes(layer.opacity()));
            blocks.add(GridBlock.light(layer.light()));
            blocks.add(differences(layer.texture().colour()));
            blocks.add(layer.texture().coverage().values());
        }
        return new AtlasBlocks(blocks);
    }

    /** Puts an atlas together from its blocks, asked for in file order. */
    static Atlas read(Supplier<byte[]> next) {
        ByteBuffer head = ByteBuffer.wrap(next.get()).order(ByteOrder.LITTLE_ENDIAN);
        String id = string(head);
        String resource = string(head);
        ClipIdentity clip = new ClipIdentity(resource, string(head), head.getInt(), head.getInt());
        FrameSize clipSize = new FrameSize(head.getInt(), head.getInt());
        FrameSize solveSize = new FrameSize(head.getInt(), head.getInt());
        FrameRate rate = new FrameRate(head.getInt(), head.getInt());
        AtlasQuality quality = new AtlasQuality(
                doubles(head), doubles(head), doubles(head), head.getDouble(), head.getDouble(), AtlasHealth.UNKNOWN);
        int count = head.getInt();
        if (count < 1 || count > 64) {
            throw new IllegalArgumentException("it has " + count + " layers");
        }
        AtlasQuality healthy = quality.with(HealthBlock.read(next.get(), clip.frameCount()));
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(layer(head, next, clip.frameCount(), solveSize));
        }
        return new Atlas(id, clip, clipSize, solveSize, rate, layers, healthy);
    }

    private static Layer layer(ByteBuffer head, Supplier<byte[]> next, int frames, FrameSize solveSize) {
        int role = head.getInt();
        if (role < 0 || role > 1) {
            throw new IllegalArgumentException("a layer of role " + role);
        }
        String name = string(head);
        int lights = head.getInt();
        FrameSize size = new FrameSize(head.getInt(), head.getInt());
        List<ControlGrid> mapping = GridBlock.readMapping(next.get(), frames);
        List<Plane> opacity = planes(next.get(), role == 0 ? frames : 0, solveSize);
        List<LightGrid> light = GridBlock.readLight(next.get(), lights);
        Picture colour = summed(size, next.get());
        AtlasTexture texture = new AtlasTexture(colour, new Plane(size, next.get()));
        return new Layer(role == 0 ? Layer.Role.FOREGROUND : Layer.Role.BACKGROUND, name, mapping, opacity, light, texture);
    }

    private static byte[] head(Atlas atlas) {
        GrowingBytes out = new GrowingBytes();
        out.string(atlas.id()).string(atlas.clip().resource()).string(atlas.clip().contentHash());
        out.integer(atlas.clip().firstFrame()).integer(atlas.clip().frameCount());
        out.integer(atlas.clipSize().width()).integer(atlas.clipSize().height());
        out.integer(atlas.solveSize().width()).integer(atlas.solveSize().height());
        out.integer(atlas.rate().numerator()).integer(atlas.rate().denominator());
        AtlasQuality quality = atlas.quality();
        out.doubles(quality.psnr()).doubles(quality.staticPsnr()).doubles(quality.coverage());
        out.real(quality.foldedShare()).real(quality.seconds()).integer(atlas.layers().size());
        for (Layer layer : atlas.layers()) {
            out.integer(layer.role() == Layer.Role.FOREGROUND ? 0 : 1).string(layer.name()).integer(layer.light().size());
            out.integer(layer.texture().size().width()).integer(layer.texture().size().height());
        }
        return out.bytes();
    }

    private static byte[] planes(List<Plane> planes) {
        int total = planes.stream().mapToInt(plane -> plane.values().length).reduce(0, Math::addExact);
        ByteBuffer out = ByteBuffer.allocate(total);
        planes.forEach(plane -> out.put(plane.values()));
        return out.array();
    }

    private static List<Plane> planes(byte[] bytes, int count, FrameSize size) {
        if (bytes.length != (long) count * size.area()) {
            throw new IllegalArgumentException("mattes of " + bytes.length + " bytes");
        }
        List<Plane> planes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            planes.add(new Plane(size, java.util.Arrays.copyOfRange(bytes, i * size.area(), (i + 1) * size.area())));
        }
        return planes;
    }

    private static byte[] differences(Picture picture) {
        byte[] out = picture.rgb().clone();
        int row = 3 * picture.width();
        for (int y = 0; y < picture.height(); y++) {
            for (int i = row - 1; i >= 3; i--) {
                out[y * row + i] -= out[y * row + i - 3];
            }
        }
        return out;
    }

    private static Picture summed(FrameSize size, byte[] bytes) {
        Picture picture = new Picture(size, bytes);
        int row = 3 * size.width();
        for (int y = 0; y < size.height(); y++) {
            for (int i = 3; i < row; i++) {
                bytes[y * row + i] += bytes[y * row + i - 3];
            }
        }
        return picture;
    }

    private static String string(ByteBuffer in) {
        byte[] bytes = new byte[length(in, 1)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static double[] doubles(ByteBuffer in) {
        double[] values = new double[length(in, Double.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getDouble();
        }
        return values;
    }

    private static int length(ByteBuffer in, int each) {
        int length = in.getInt();
        if (length < 0 || (long) length * each > in.remaining()) {
            throw new IllegalArgumentException("a list of " + length);
        }
        return length;
    }
}
