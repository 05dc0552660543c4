/** The networks: their texts as resources, one typed wrapper each, and the store that finds their weights. */
package org.stablevideo.model;
