/** Pixel, normalised and atlas coordinates, and every conversion between them. Whole numbers are pixel and texel centres throughout. */
package org.stablevideo.space;
