"""Word lists for buyers, firms and places. None of them is real; every NIP begins with 999."""

from typing import Final

FIRST_NAMES: Final = (
    "Anna", "Piotr", "Zofia", "Łukasz", "Małgorzata", "Grzegorz", "Żaneta", "Jan", "Katarzyna", "Michał",
    "Agnieszka", "Paweł", "Świętosława", "Józef", "Elżbieta", "Tomasz", "Bożena", "Stanisław", "Wioletta",
    "Krzysztof", "Halina", "Mateusz", "Grażyna", "Rafał", "Urszula", "Zbigniew", "Kinga", "Bartłomiej",
)  # fmt: skip
LAST_NAMES: Final = (
    "Przykładny", "Zmyślony", "Próbny", "Wzorcowy", "Brzęczyk", "Śliwiński-Testowy", "Gżegżółka", "Źrebak",
    "Kowalik-Próba", "Nieistny", "Wymyślny", "Papierny", "Atrapski", "Makietka", "Szkicowy", "Ćwiczebny",
    "Łąkotkowy", "Żółwik", "Pozorny", "Udawaj", "Fikcyj", "Demówka", "Modelarz", "Wprawka", "Naprędce",
)  # fmt: skip
STREETS: Final = (
    "ul. Kwiatowa", "ul. Lipowa", "os. Słoneczne", "al. Wymyślona", "ul. Źródlana", "ul. Żółta",
    "pl. Próbny", "ul. Dębowa", "ul. Śliwkowa", "ul. gen. Zmyślonego", "ul. Księżycowa", "ul. Łąkowa",
    "ul. Ćmielowska",
)  # fmt: skip
CITIES: Final = (
    ("Łódź", "90-001"), ("Gdańsk", "80-001"), ("Kraków", "30-002"), ("Żywiec", "34-300"),
    ("Poznań", "60-003"), ("Świdnica", "58-100"), ("Wrocław", "50-004"), ("Rzeszów", "35-005"),
    ("Białystok", "15-006"), ("Zażółcin Mały", "05-099"), ("Gęśla Jaźń", "06-098"),
    ("Bielsko-Biała", "43-300"), ("Toruń", "87-100"),
)  # fmt: skip
FIRMS: Final = (
    "TESTEX Sp. z o.o.", "Biuro Próbne S.A.", "Kawiarnia „Pod Atrapą” s.c.", "Zmyślex Sp. k.",
    "Hotel Makieta Sp. z o.o.", "Pracownia Wnętrz Szkic", "Żłobek Niepubliczny „Żółwik”",
    "F.H.U. WZÓR Jan Wzorcowy", "Łódzkie Lampy Demo Sp. z o.o.", "Restauracja Próba Smaku",
    "ABC Świeczniki Ćwiczebne Sp. z o.o. Sp. k.", "Fundacja Na Niby",
)  # fmt: skip
LONG_FIRM: Final = (
    "Międzynarodowe Przedsiębiorstwo Produkcyjno-Handlowo-Usługowo-Szkoleniowe "
    "„Zmyślony, Wymyślny i Wspólnicy” Spółka z ograniczoną odpowiedzialnością "
    "Spółka komandytowa w restrukturyzacji, Oddział w Zażółcinie Małym"
)
LONG_FIRST_NAME: Final = "Maria Konstancja Bogumiła Świętosława"
LONG_LAST_NAME: Final = "Brzęczyszczykiewicz-Gżegżółkowska-Zmyślona herbu Atrapa z Zażółcina Małego"
LOGINS: Final = (
    "kubkomaniak", "zielona_sowa", "lampa_domowa", "zolw", "kawosz", "mily_dom", "szybki_lis", "porcelanka",
    "swieczka", "nocny_marek", "pani_od_firanek", "drewniak", "obrus", "czajniczek", "skrzat",
)  # fmt: skip
MESSAGES: Final = (
    "Proszę o kolor zielony, dziękuję :)",
    "Paczka na prezent – proszę bez paragonu w środku 🎁",
    "Proszę dzwonić po 16:00.\nDomofon nie działa!",
    "Poproszę fakturę na firmę, NIP podany w danych.",
    '<b>Pilne</b> & ważne: "wysyłka jutro"',
    "Zamawiam drugi raz, poprzednio super żółty kubek",
)
NOTES: Final = ("Sprawdzić kolor przed pakowaniem", "Stały klient – dołożyć gratis", "Czeka na drugą paczkę")


def nip(number: int) -> str:
    """Return a made-up NIP with prefix 999 and a right checksum; *number* chooses which."""
    weights = (6, 5, 7, 2, 3, 4, 5, 6, 7)
    while True:
        digits = f"999{number % 1_000_000:06d}"
        checksum = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if checksum <= 9:  # noqa: PLR2004  # 10 is no digit: that number is never given out
            return f"{digits}{checksum}"
        number += 1
