package org.stablevideo.atlas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The block of an atlas file with its {@link AtlasHealth}; {@link AtlasFile} gives its layout. */
final class HealthBlock {

    private static final int MOST_TILES = 4096;

    private HealthBlock() {}

    static byte[] bytes(AtlasHealth health) {
        GrowingBytes out = new GrowingBytes();
        out.integer(health.columns()).integer(health.rows()).doubles(health.objectPsnr()).doubles(health.meanSlip());
        out.integer(health.cuts().size());
        health.cuts().forEach(out::integer);
        byte[] head = out.bytes();
        ByteBuffer all = ByteBuffer.allocate(head.length + 4 * health.error().length).put(head);
        all.put(health.error()).put(health.stretch()).put(health.slip()).put(health.coverage());
        return all.array();
    }

    /** Reads a block; throws {@link IllegalArgumentException} where its counts do not fit a clip of so many frames. */
    static AtlasHealth read(byte[] bytes, int frames) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int columns = in.getInt();
        int rows = in.getInt();
        double[] object = AtlasBlocks.doubles(in);
        double[] slip = AtlasBlocks.doubles(in);
        int count = in.getInt();
        boolean sized = columns >= 0 && rows >= 0 && (long) columns * rows <= MOST_TILES && count >= 0 && count <= frames;
        if (!sized || object.length != 0 && object.length != frames) {
            throw new IllegalArgumentException("a health map of " + columns + "x" + rows + " tiles, " + object.length + " frames, " + count + " cuts");
        }
        List<Integer> cuts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            cuts.add(in.getInt());
        }
        byte[][] maps = new byte[4][columns * rows * object.length];
        for (byte[] map : maps) {
            in.get(map);
        }
        return new AtlasHealth(columns, rows, maps[0], maps[1], maps[2], maps[3], object, slip, cuts);
    }
}
