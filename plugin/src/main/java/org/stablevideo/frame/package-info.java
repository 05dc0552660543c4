/** Sizes, rates and pixel buffers: the language that every other package speaks. */
package org.stablevideo.frame;
