-- Where people live, what they are called there, and how a phone number is written.

create table countries as
select
    *,
    sum(share) over (order by country) as share_to,
    share_to - share as share_from,
from (
    values
    (
        'DE', 'EUR', 0.20, 'de-DE', 'Europe/Berlin', '49', '0', '151', 8, '30', 7,
        ['Berlin|10115', 'Hamburg|20095', 'München|80331', 'Köln|50667', 'Leipzig|04109'],
        ['Anna', 'Lukas', 'Jürgen', 'Sophie', 'Maximilian', 'Käthe', 'Paul', 'Emilia', 'Björn'],
        ['Müller', 'Schmidt', 'Schneider', 'Weiß', 'Krüger', 'Hoffmann', 'Wagner', 'Schäfer'],
        ['gmail.com', 'web.de', 'gmx.de', 'outlook.com'],
        ['Hauptstraße', 'Schulstraße', 'Gartenstraße', 'Bahnhofstraße', 'Lindenweg', 'Am Markt'],
    ),
    (
        'ES', 'EUR', 0.08, 'es-ES', 'Europe/Madrid', '34', '', '6', 8, '91', 7,
        ['Madrid|28001', 'Barcelona|08001', 'Valencia|46001', 'Sevilla|41001'],
        ['María', 'Carlos', 'Lucía', 'José', 'Carmen', 'Álvaro', 'Sofía', 'Íñigo'],
        ['García', 'Martínez', 'López', 'Sánchez', 'Muñoz', 'Hernández', 'Ruiz', 'Peña'],
        ['gmail.com', 'hotmail.es', 'outlook.com', 'yahoo.es'],
        ['Calle Mayor', 'Calle Real', 'Avenida del Sol', 'Paseo del Río', 'Calle de la Luna'],
    ),
    (
        'FR', 'EUR', 0.10, 'fr-FR', 'Europe/Paris', '33', '0', '6', 8, '1', 8,
        ['Paris|75001', 'Lyon|69001', 'Marseille|13001', 'Lille|59000', 'Nantes|44000'],
        ['Camille', 'Hugo', 'Chloé', 'Léa', 'François', 'Élodie', 'Louis', 'Zoé'],
        ['Martin', 'Bernard', 'Dubois', 'Lefèvre', 'Moreau', 'Garçon', 'Petit', 'Roux'],
        ['gmail.com', 'orange.fr', 'free.fr', 'laposte.net'],
        ['rue de l''Église', 'rue Victor Hugo', 'avenue Foch', 'place du Marché', 'rue Pasteur'],
    ),
    (
        'GB', 'GBP', 0.20, 'en-GB', 'Europe/London', '44', '0', '7', 9, '207', 7,
        ['London|SW1A 1AA', 'Leeds|LS1 4AP', 'Bristol|BS1 5TR', 'Glasgow|G2 1DU'],
        ['Oliver', 'Amelia', 'Harry', 'Isla', 'George', 'Ava', 'Siobhan', 'Mohammed'],
        ['Smith', 'Jones', 'Taylor', 'Brown', 'O''Connor', 'Evans', 'Patel', 'Wright'],
        ['gmail.com', 'btinternet.com', 'outlook.com', 'yahoo.co.uk'],
        ['High Street', 'Station Road', 'Church Lane', 'Victoria Road', 'Green Street'],
    ),
    (
        'NL', 'EUR', 0.07, 'nl-NL', 'Europe/Amsterdam', '31', '0', '6', 8, '20', 7,
        ['Amsterdam|1012 JS', 'Utrecht|3511 BS', 'Rotterdam|3011 AA', 'Leiden|2311 EZ'],
        ['Daan', 'Emma', 'Sem', 'Julia', 'Bram', 'Saskia', 'Lotte', 'Thijs'],
        ['de Jong', 'Jansen', 'de Vries', 'van den Berg', 'Bakker', 'Visser', 'Smit', 'Meijer'],
        ['gmail.com', 'ziggo.nl', 'kpnmail.nl', 'outlook.com'],
        ['Kerkstraat', 'Dorpsstraat', 'Molenweg', 'Stationsweg', 'Schoolstraat'],
    ),
    (
        'US', 'USD', 0.35, 'en-US', 'America/New_York', '1', '', '646', 7, '212', 7,
        ['New York|10001', 'Brooklyn|11201', 'Queens|11375', 'Albany|12207', 'Yonkers|10701'],
        ['James', 'Mary', 'Robert', 'Patricia', 'Wei', 'Linda', 'Carlos', 'Jessica', 'Olga'],
        ['Smith', 'Johnson', 'Williams', 'Garcia', 'Miller', 'Davis', 'Nguyen', 'Kim', 'Lee'],
        ['gmail.com', 'yahoo.com', 'outlook.com', 'icloud.com'],
        ['Main Street', 'Oak Avenue', 'Maple Street', 'Park Avenue', 'Cedar Road', '2nd Street'],
    ),
) as country_facts (
    country, currency, share, locale, timezone, dial_code, trunk_prefix, mobile_prefix,
    mobile_digits, landline_prefix, landline_digits, cities, first_names, last_names, mail_hosts,
    streets
);

-- A street with its number, in the order in which the country writes them.
create macro street_address(country, street, number) as if(
    country in ('US', 'GB', 'FR'), number || ' ' || street, street || ' ' || number
);

-- A number that starts with 2 to 9 and that no two owners of one prefix share: the factor has no
-- common divisor with the moduli, so the map is one to one below eight million owners.
create macro subscriber_number(owner, digits) as (
    2 * 10 ** (digits - 1)
    + (owner * 48271 + 1234567) % (8 * 10 ** (digits - 1) - 7)::bigint
)::bigint::varchar;

create macro e164(phone) as '+' || phone.dial_code || phone.prefix || phone.number;

-- The four ways in which people and their tools write the same number.
create macro phone_as_written(phone, style) as case style
    when 0 then e164(phone)
    when 1 then '+' || phone.dial_code || ' ' || phone.prefix || ' ' || phone.number
    when 2 then case phone.country
        when 'US'
            then '(' || phone.prefix || ') ' || phone.number[:3] || '-' || phone.number[4:]
        when 'DE' then phone.trunk_prefix || phone.prefix || '/' || phone.number
        else phone.trunk_prefix || phone.prefix || ' ' || phone.number
    end
    else case phone.country
        when 'US' then '1-' || phone.prefix || '-' || phone.number[:3] || '-' || phone.number[4:]
        else '00' || phone.dial_code || phone.prefix || phone.number
    end
end;
