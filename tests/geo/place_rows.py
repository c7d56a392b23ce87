"""A few rows as GeoNames writes them."""


def geonames(
    postcode: str, place: str, district: str, lat: float | str, lon: float | str, accuracy: str = "4"
) -> str:
    """A line of GeoNames' postal-code file."""
    return "\t".join(
        ["DE", postcode, place, "State", "XX", "", "00", "District", district, str(lat), str(lon), accuracy]
    )


SMALL_LIST = [
    geonames("49074", "Osnabrück", "03404", 52.2738, 8.0521),
    geonames("49076", "Osnabrück", "03404", 52.2832, 7.9485),
    geonames("49084", "Osnabrück", "03404", 52.2667, 8.0725),
    geonames("49324", "Melle", "03459", 52.1977, 8.3389),
    geonames("49577", "Ankum", "03459", 52.5425, 7.8711),
    geonames("49577", "Kettenkamp", "03459", 52.5667, 7.8333),
    geonames("49152", "Bad Essen", "03459", 52.3175, 8.413),
    geonames("53757", "Sankt Augustin", "05382", 50.7754, 7.197, ""),
    geonames("60311", "Frankfurt am Main", "06412", 50.1112, 8.6831),
    geonames("60313", "Frankfurt am Main", "06412", 50.1153, 8.6823),
    geonames("15230", "Frankfurt (Oder)", "12053", 52.3475, 14.5539),
    geonames("01067", "Dresden", "14612", 51.0547, 13.7269),
    geonames("01067", "Dresden Friedrichstadt", "14612", 51.0587, 13.7172),
    geonames("20095", "Hamburg", "02000", 53.5534, 9.9992),
    geonames("22113", "Hamburg", "01062", 53.5241, 10.1117),
]
